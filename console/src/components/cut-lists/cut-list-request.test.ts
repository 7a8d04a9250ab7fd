import { expect, test } from 'vitest';

import { cutListRequest, momentsSource, ownRate } from './cut-list-request';

const moment = { video_id: 'vid_1', segment_id: 'seg_1', start_time: 1, end_time: 2, media_type: 'video', name: null };

test('moments become parts in their order, each once', () => {
  const whole = { ...moment, segment_id: null, name: 'Snow' };
  expect(momentsSource([moment, whole, { ...moment, name: 'again' }])).toEqual({
    type: 'segments',
    segments: [
      { video_id: 'vid_1', segment_id: 'seg_1' },
      { video_id: 'vid_1', start_seconds: 1, end_seconds: 2, name: 'Snow' },
    ],
  });
});

test('pictures and moments without times are left out', () => {
  const picture = { ...moment, media_type: 'image' };
  expect(momentsSource([picture, { ...moment, start_time: null }, { ...moment, end_time: 1 }])).toBeNull();
});

test('the media decide the frame rate unless one is chosen', () => {
  const source = { type: 'run', run_id: 'run_1' } as const;
  const choice = { format: 'edl', rate: ownRate, handles: 0.5, title: ' Snow ' } as const;
  expect(cutListRequest({ ...source, video_ids: [] }, choice)).toMatchObject({ frame_rate: null, title: 'Snow', handles_seconds: 0.5 });
  expect(cutListRequest({ ...source, video_ids: [] }, { ...choice, rate: '29.97' }).frame_rate).toBe('29.97');
});
