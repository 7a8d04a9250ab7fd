import type { Status } from '@/components/ui/feedback/status-mark';

import { hasEnded, type Run } from './queries';

type StageName = 'media' | 'segments' | 'whole';

/** How far one stage of a run is. `done` includes what has failed or was cancelled. */
export interface Stage {
  name: StageName;
  done: number;
  failed: number;
  total: number;
  /** Whether the total still grows: the segments of a medium are known once it has been cut. */
  open: boolean;
}

const kinds = ['videos', 'audios', 'images'] as const;

function sum(run: Run, counter: 'total' | 'completed' | 'failed' | 'partial' | 'cancelled'): number {
  return kinds.reduce((total, kind) => total + run[`${counter}_${kind}`], 0);
}

export function mediaCount(run: Run): number {
  return sum(run, 'total');
}

/** Return the stages that the counters of a run tell of: its segments, its media-wide results, its media. */
export function stagesOf(run: Run): Stage[] {
  const failed = sum(run, 'failed');
  const done = sum(run, 'completed') + failed + sum(run, 'partial') + sum(run, 'cancelled');
  const media = sum(run, 'total');
  const stages: Stage[] = [
    {
      name: 'segments',
      done: Math.min(run.total_segments, run.completed_segments + run.field_extraction_failures),
      failed: run.field_extraction_failures,
      total: run.total_segments,
      open: !hasEnded(run) && media > 1 && done < media,
    },
  ];
  if (run.video_level_enabled) {
    const { video_level_completed_items: completed, video_level_partial_items: partial, video_level_failed_items: wholeFailed } = run;
    const total = run.video_level_total_items;
    stages.push({ name: 'whole', done: completed + partial + wholeFailed, failed: wholeFailed, total, open: false });
  }
  return [...stages, { name: 'media', done, failed: failed + sum(run, 'partial'), total: media, open: false }];
}

/** Return how much of a run is done, 0 to 1: of its media, or of the segments of its only medium. Null: the amount of work is not known yet. */
export function progressOf(run: Run): number | null {
  if (hasEnded(run)) return 1;
  const stages = stagesOf(run);
  const stage = stages.find(({ name }) => name === (mediaCount(run) > 1 ? 'media' : 'segments'));
  return stage === undefined || stage.total === 0 ? null : stage.done / stage.total;
}

export function markOf(status: Run['status']): Status {
  switch (status) {
    case 'pending':
      return 'waiting';
    case 'processing':
      return 'working';
    case 'completed':
      return 'ready';
    case 'completed_with_failures':
    case 'failed':
    case 'cancelled':
      return 'failed';
  }
}

/** Return how long a run took or takes, in seconds. Null: it has not started. */
export function secondsOf(run: Run, now: number): number | null {
  if (run.started_at === null) return null;
  const end = run.completed_at === null ? now : Date.parse(run.completed_at);
  return Math.max(0, (end - Date.parse(run.started_at)) / 1000);
}
