import type { Activity, ActivityChange, ActivityKind } from '@/app/activity/kinds/kind';

/** The number of activities that are kept. The oldest that have ended go first. */
const most = 300;

/** The activities by kind and id, in the order in which they were first heard of. */
export type Activities = ReadonlyMap<string, Activity>;

/** Return the activities with a change. An activity that has ended does not start again. */
export function changed(activities: Activities, kind: Pick<ActivityKind, 'name' | 'unnamed'>, change: ActivityChange): Activities {
  const key = `${kind.name} ${change.id}`;
  const before = activities.get(key);
  if (before !== undefined && before.status !== 'working' && change.status === 'working') return activities;
  const start = { kind: kind.name, title: kind.unnamed, detail: '', status: 'working', progress: null, error: null, href: null, startedAt: '' } as const;
  const next = new Map(activities);
  next.set(key, { ...start, ...before, ...change, startedAt: before?.startedAt ?? change.startedAt ?? '' });
  return next.size <= most ? next : withoutOldest(next);
}

/** Return the activities with a title for one that has none yet. What an event has told meanwhile stays. */
export function titled(activities: Activities, kind: Pick<ActivityKind, 'name' | 'unnamed'>, id: string, title: string): Activities {
  const untitled = activities.get(`${kind.name} ${id}`)?.title === kind.unnamed;
  return untitled ? changed(activities, kind, { id, title }) : activities;
}

function withoutOldest(activities: Map<string, Activity>): Activities {
  for (const [key, { status }] of activities) {
    if (activities.size <= most) break;
    if (status !== 'working') activities.delete(key);
  }
  return activities;
}

/** Return the activities that are still under way. */
export function withoutEnded(activities: Activities): Activities {
  return new Map([...activities].filter(([, { status }]) => status === 'working'));
}

/** Return the activities as a list: those under way first, then those that have ended, the latest first. */
export function inOrder(activities: Activities): Activity[] {
  const list = [...activities.values()].toReversed();
  return [...list.filter(({ status }) => status === 'working'), ...list.filter(({ status }) => status !== 'working')];
}

interface Summary {
  working: number;
  failed: number;
  /** The mean over those under way, 0 to 1; null if nothing is known of any. */
  progress: number | null;
}

export function summaryOf(activities: Activities): Summary {
  const list = [...activities.values()];
  const working = list.filter(({ status }) => status === 'working');
  const known = working.map(({ progress }) => progress).filter((progress) => progress !== null);
  const progress = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) / working.length;
  return { working: working.length, failed: list.filter(({ status }) => status === 'failed' || status === 'partial').length, progress };
}
