import type { LucideIcon } from 'lucide-react';

import type { StreamEvent } from '@/app/activity/stream/event';

export type ActivityStatus = 'working' | 'done' | 'partial' | 'failed' | 'cancelled';

/** Something that the server does in the background. */
export interface Activity {
  /** The id within its kind. */
  id: string;
  kind: string;
  title: string;
  /** Counts in words, such as "3 of 8 media". */
  detail: string;
  status: ActivityStatus;
  /** 0 to 1, or null while the amount of work is unknown. */
  progress: number | null;
  /** What failed. */
  error: string | null;
  /** The page that shows it. */
  href: string | null;
  /** When it started or was first heard of, ISO 8601 in UTC. */
  startedAt: string;
}

/** What an event says of an activity. Fields that it does not tell are absent. */
export type ActivityChange = Pick<Activity, 'id'> & Partial<Omit<Activity, 'id' | 'kind'>>;

/**
 * One kind of activity. A new capability adds a file with its kind, and the kind to `kinds/all.ts`.
 */
export interface ActivityKind {
  name: string;
  icon: LucideIcon;
  /** The title as long as no better one is known. */
  unnamed: string;
  /** Read what an event says. Return null if it is about something else. */
  read: (event: StreamEvent) => ActivityChange | null;
  /** List what is under way, for the start and after a gap in the stream. */
  load?: () => Promise<ActivityChange[]>;
  /** Find a title that no event tells. */
  titleOf?: (id: string) => Promise<string>;
  /** Cancel one. Only for kinds that the server can cancel; it needs the scope `write`. */
  cancel?: (id: string) => Promise<void>;
}
