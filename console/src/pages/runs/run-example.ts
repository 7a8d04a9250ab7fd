import type { Run } from './queries';

/** Make a run for tests: without media, at work, with the given changes. */
export const run = (changes: Partial<Run>): Run =>
  ({
    ...Object.fromEntries(['total', 'completed', 'failed', 'partial', 'cancelled'].flatMap((of) => ['videos', 'audios', 'images'].map((kind) => [`${of}_${kind}`, 0]))),
    prompt_id: 'prm_1',
    status: 'processing',
    started_at: null,
    completed_at: null,
    total_segments: 0,
    completed_segments: 0,
    field_extraction_failures: 0,
    video_level_enabled: false,
    total_video_seconds: 0,
    ...changes,
  }) as Run;
