import { expect, test } from 'vitest';

import type { Models } from '@/api/client';

import { fieldMarker, fieldTarget, mediumMarks, segmentMarker, segmentTarget } from './medium-marks';

const segments = [
  { segment_id: 'seg_a', start_time: 0, end_time: 4 },
  { segment_id: 'seg_b', start_time: 4, end_time: 9 },
];

const marker = (target: Models['MarkerTarget'], note = 'Look'): Models['Marker'] => ({
  marker_id: `mrk_${note}`,
  target,
  video_id: 'vid_1',
  color: 'green',
  note,
  created_by: 'usr_1',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
});

test('markers are sorted by what they are on, in order of time', () => {
  const found = mediumMarks(
    [
      marker(fieldTarget('seg_b', 'run_1', 'summary'), 'field'),
      marker(segmentTarget('seg_b'), 'segment'),
      marker(segmentTarget('seg_a'), 'first'),
      marker({ type: 'video', id: 'vid_1' }, 'medium'),
      marker({ type: 'result', id: 'video:vid_1:run_1' }, 'whole'),
    ],
    segments,
    'run_1',
  );
  expect(found.medium?.note).toBe('medium');
  expect(found.whole.map(({ note }) => note)).toEqual(['whole']);
  expect(found.moments.map((mark) => [mark.marker.note, mark.start, mark.end])).toEqual([
    ['first', 0, 4],
    ['segment', 4, 9],
    ['field', 4, 9],
  ]);
  expect(found.elsewhere).toBe(0);
});

test('markers of other runs are counted only', () => {
  const markers = [marker(segmentTarget('seg_of_other_cut')), marker(fieldTarget('seg_a', 'run_2', 'summary'))];
  expect(mediumMarks(markers, segments, 'run_1')).toMatchObject({ moments: [], elsewhere: 2 });
});

test('a field shows the marker of its result before that of its segment', () => {
  const ofSegment = marker({ ...segmentTarget('seg_a'), field_path: 'summary' }, 'segment');
  const ofResult = marker(fieldTarget('seg_a', 'run_1', 'summary'), 'result');
  const { moments } = mediumMarks([ofSegment, ofResult], segments, 'run_1');
  expect(fieldMarker(moments, 0, 'summary')?.note).toBe('result');
  expect(fieldMarker(moments, 1, 'summary')).toBeUndefined();
  expect(segmentMarker(moments, 0)).toBeUndefined();
});
