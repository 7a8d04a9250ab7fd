import { expect, test } from 'vitest';

import { run } from '@/pages/runs/run-example';

import { expectedTime } from './expected-time';

test('the expected time follows completed runs of the same prompt', () => {
  const minute = { status: 'completed', started_at: '2026-01-01T00:00:00Z', completed_at: '2026-01-01T00:01:00Z' } as const;
  const runs = [run({ ...minute, total_video_seconds: 600 }), run({ ...minute, prompt_id: 'prm_2', total_video_seconds: 60 }), run({ status: 'failed' })];
  expect(expectedTime(runs, 'prm_1', 1200, 1)).toEqual({ seconds: 120, runs: 1 });
  expect(expectedTime(runs, 'prm_3', 660, 1)).toEqual({ seconds: 120, runs: 2 });
  const pictures = [run({ ...minute, total_images: 6 }), ...runs];
  expect(expectedTime(pictures, 'prm_1', 0, 3)).toEqual({ seconds: 30, runs: 1 });
  expect(expectedTime([], 'prm_1', 60, 1)).toBeNull();
});
