import { expect, test } from 'vitest';

import type { Models } from '@/api/client';

import { failureGroups } from './failure-groups';

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
