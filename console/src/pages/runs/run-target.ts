import type { Run } from './queries';

/** The media of a run, as the server resolved them. */
type RunTarget =
  | { kind: 'index'; indexId: string }
  | { kind: 'playground' }
  | { kind: 'import'; jobId: string; indexId: string | null }
  | { kind: 'videos'; indexId: string | null; videoIds: string[]; count: number };

export function targetOf({ run_context: context }: Pick<Run, 'run_context'>): RunTarget {
  const indexId = typeof context.index_id === 'string' ? context.index_id : null;
  if (context.type === 'index' && indexId !== null) return { kind: 'index', indexId };
  if (context.type === 'import_job' && typeof context.import_job_id === 'string') return { kind: 'import', jobId: context.import_job_id, indexId };
  if (context.type !== 'videos') return { kind: 'playground' };
  const videoIds = Array.isArray(context.video_ids) ? context.video_ids.filter((id): id is string => typeof id === 'string') : [];
  return { kind: 'videos', indexId, videoIds, count: typeof context.video_count === 'number' ? context.video_count : videoIds.length };
}
