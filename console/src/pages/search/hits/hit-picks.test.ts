import { expect, test } from 'vitest';

import type { Hit } from './hit-groups';
import { pickedHits } from './hit-picks';

const hit = (id: string, changes: Partial<Hit> = {}) =>
  ({ result_id: id, video_id: 'vid_1', segment_id: `seg_${id}`, start_time: 1, end_time: 2, media_type: 'video', ...changes }) as Hit;

test('all hits are picked unless some are selected', () => {
  const hits = [hit('a'), hit('b'), hit('picture', { media_type: 'image' })];
  expect(pickedHits(hits, new Set()).source).toMatchObject({ segments: [{ segment_id: 'seg_a' }, { segment_id: 'seg_b' }] });
  expect(pickedHits(hits, new Set(['b', 'of another search']))).toMatchObject({ selected: 1, source: { segments: [{ segment_id: 'seg_b' }] } });
});

test('hits without times make no cut list', () => {
  expect(pickedHits([hit('a', { start_time: null })], new Set()).source).toBeNull();
});
