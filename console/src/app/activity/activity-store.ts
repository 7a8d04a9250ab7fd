import { useSyncExternalStore } from 'react';

import { type Activities, changed, titled, withoutEnded } from '@/app/activity/activities';
import { activityKinds } from '@/app/activity/kinds/all';
import type { ActivityChange, ActivityKind } from '@/app/activity/kinds/kind';
import type { StreamEvent } from '@/app/activity/stream/event';

const listeners = new Set<() => void>();
const titlesAsked = new Set<string>();
let activities: Activities = new Map();

function set(next: Activities): void {
  if (next === activities) return;
  activities = next;
  for (const listener of listeners) listener();
}

/** Return the activities of this session. */
export function useActivities(): Activities {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => activities,
  );
}

/** Take what an event says of an activity. */
export function noteEvent(event: StreamEvent): void {
  for (const kind of activityKinds) {
    const change = kind.read(event);
    if (change === null) continue;
    note(kind, change);
  }
}

function note(kind: ActivityKind, change: ActivityChange): void {
  set(changed(activities, kind, change));
  if (change.title === undefined) askForTitle(kind, change.id);
}

/** Read what is under way from the server. A kind that cannot be read stays as it is. */
export async function loadActivities(): Promise<void> {
  await Promise.all(
    activityKinds.map(async (kind) => {
      const found = await kind.load?.().catch(() => []);
      // The server lists the newest first.
      for (const change of (found ?? []).toReversed()) note(kind, change);
    }),
  );
}

function askForTitle(kind: ActivityKind, id: string): void {
  const key = `${kind.name} ${id}`;
  if (kind.titleOf === undefined || titlesAsked.has(key) || activities.get(key)?.title !== kind.unnamed) return;
  titlesAsked.add(key);
  kind.titleOf(id).then(
    (title) => set(titled(activities, kind, id, title)),
    () => titlesAsked.delete(key),
  );
}

export function clearEnded(): void {
  set(withoutEnded(activities));
}

/** Forget everything, at the end of a session. */
export function forgetActivities(): void {
  titlesAsked.clear();
  set(new Map());
}
