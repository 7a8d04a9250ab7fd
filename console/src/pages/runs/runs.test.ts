import { expect, test } from 'vitest';

import type { Models } from '@/api/client';

import { type FailedPlace, failureGroups } from './failures/failure-groups';
import { type RetryProgress, retrySegments } from './failures/retry-segments';
import type { Run } from './queries';
import { progressOf, stagesOf } from './run-progress';
import { newRunSearchOf, runsSearchOf } from './run-search';
import { targetOf } from './run-target';
import { expectedTime } from './start/expected-time';

const run = (changes: Partial<Run>): Run =>
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

const segment = (id: string, message: string, changes: Partial<Models['FailedSegment']> = {}): Models['FailedSegment'] => ({
  segment_id: id,
  failed_operations: ['field_extraction'],
  field_extraction_error: message,
  transcription_error: null,
  image_embedding_error: null,
  failure_stage: 'field_extraction',
  failure_message: message,
  failure_code: 'model_http_500',
  retryable: true,
  start_time: 0,
  end_time: 5,
  projection_only: false,
  ...changes,
});

const video = (id: string, segments: Models['FailedSegment'][], message: string | null = null): Models['FailedVideo'] => ({
  video_id: id,
  failed_segments: segments.length,
  operation_counts: { field_extraction: segments.length, transcription: 0, image_embedding: 0, processing: 0 },
  segments,
  truncated: false,
  failure_stage: message === null ? null : 'analysis',
  failure_message: message,
  failure_code: null,
  retryable: message === null ? null : false,
});

test('failures are grouped by cause, the commonest first', () => {
  const groups = failureGroups({
    videos: [
      video('vid_1', [segment('seg_1', 'No date was found.', { failure_code: 'invalid_answer', retryable: false })]),
      video('vid_2', [segment('seg_2', 'Status 500 after 3 s.'), segment('seg_3', 'Status 500 after 12 s.')]),
      video('vid_3', [], 'The file cannot be read.'),
    ],
  });
  expect(groups.map(({ code, sentence, segments, media }) => [code, sentence, segments.map(({ segmentId }) => segmentId), media])).toEqual([
    ['model_http_500', 'Status 500 after 3 s.', ['seg_2', 'seg_3'], []],
    ['invalid_answer', 'No date was found.', ['seg_1'], []],
    [null, 'The file cannot be read.', [], [{ videoId: 'vid_3', retryable: false }]],
  ]);
  expect(groups[1]?.segments[0]?.retryable).toBe(false);
});

const places: FailedPlace[] = Array.from({ length: 9 }, (_, at) => ({ videoId: 'vid_1', segmentId: `seg_${at}`, start: 0, end: 1, retryable: true }));

test('segments are retried four at a time, and a failure stops no other', async () => {
  let atWork = 0;
  let most = 0;
  const seen: RetryProgress[] = [];
  const done = await retrySegments(
    places,
    {
      start: (place) => {
        most = Math.max(most, (atWork += 1));
        if (place.segmentId === 'seg_1') {
          atWork -= 1;
          return Promise.reject(new Error('Refused.'));
        }
        return Promise.resolve(place.segmentId);
      },
      outcome: (_, retryId) => {
        atWork -= 1;
        return Promise.resolve({ succeeded: retryId !== 'seg_2', error: 'Again.' });
      },
      pause: () => Promise.resolve(),
    },
    (progress) => seen.push(progress),
    new AbortController().signal,
  );
  expect(done).toMatchObject({ total: 9, succeeded: 7, failed: 2 });
  expect(seen[0]).toMatchObject({ succeeded: 0, failed: 0 });
  expect(most).toBeLessThanOrEqual(4);
});

test('an aborted retry starts no further segment', async () => {
  const stop = new AbortController();
  let started = 0;
  await retrySegments(
    places,
    {
      start: () => {
        started += 1;
        stop.abort();
        return Promise.resolve('rty');
      },
      outcome: () => Promise.resolve({ succeeded: true, error: null }),
      pause: () => Promise.resolve(),
    },
    () => undefined,
    stop.signal,
  );
  expect(started).toBeLessThanOrEqual(4);
});

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

test('the expected time follows completed runs of the same prompt', () => {
  const minute = { status: 'completed', started_at: '2026-01-01T00:00:00Z', completed_at: '2026-01-01T00:01:00Z' } as const;
  const runs = [run({ ...minute, total_video_seconds: 600 }), run({ ...minute, prompt_id: 'prm_2', total_video_seconds: 60 }), run({ status: 'failed' })];
  expect(expectedTime(runs, 'prm_1', 1200, 1)).toEqual({ seconds: 120, runs: 1 });
  expect(expectedTime(runs, 'prm_3', 660, 1)).toEqual({ seconds: 120, runs: 2 });
  const pictures = [run({ ...minute, total_images: 6 }), ...runs];
  expect(expectedTime(pictures, 'prm_1', 0, 3)).toEqual({ seconds: 30, runs: 1 });
  expect(expectedTime([], 'prm_1', 60, 1)).toBeNull();
});

test('addresses of runs are read', () => {
  expect(newRunSearchOf({ video: ['vid_1', 'vid_2', 'vid_1'], prompt: 'prm_1' })).toEqual({ video: ['vid_1', 'vid_2'], prompt: 'prm_1' });
  expect(newRunSearchOf({ video: 'vid_1', playground: '' })).toEqual({ video: ['vid_1'], playground: true });
  expect(newRunSearchOf({ index: '' })).toEqual({});
  expect(runsSearchOf({ status: 'gone', index: 'idx_1' })).toEqual({ index: 'idx_1' });
});

test('targets are told apart', () => {
  expect(targetOf({ run_context: { type: 'index', index_id: 'idx_1' } })).toEqual({ kind: 'index', indexId: 'idx_1' });
  expect(targetOf({ run_context: { type: 'playground', is_playground: true } })).toEqual({ kind: 'playground' });
  expect(targetOf({ run_context: { type: 'videos', video_ids: ['a'], video_count: 300 } })).toMatchObject({ kind: 'videos', count: 300 });
});
