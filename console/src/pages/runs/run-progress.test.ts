import { expect, test } from 'vitest';

import { run } from './run-example';
import { progressOf, stagesOf } from './run-progress';

test('the stages of a run follow its counters', () => {
  const working = run({ total_segments: 10, completed_segments: 4, field_extraction_failures: 1, total_videos: 2, completed_videos: 1, total_images: 1, failed_images: 1 });
  expect(stagesOf(working)).toEqual([
    { name: 'segments', done: 5, failed: 1, total: 10, open: true },
    { name: 'media', done: 2, failed: 1, total: 3, open: false },
  ]);
  expect(progressOf(working)).toBeCloseTo(2 / 3);
  expect(progressOf(run({ total_videos: 1, total_segments: 10, completed_segments: 4 }))).toBe(0.4);
  expect(progressOf(run({}))).toBeNull();
});
