import { expect, test } from 'vitest';

import { eventOf } from './event';
import { delayAfter, RecentIds } from './live-stream';

test('pauses double up to half a minute', () => {
  expect([1, 2, 3, 4, 5, 50].map((failures) => delayAfter(failures, 3000, 1))).toEqual([3000, 6000, 12000, 24000, 30000, 30000]);
});

test('pauses of many clients spread over half of their length', () => {
  expect(delayAfter(1, 3000, 0)).toBe(1500);
});

test('a repeated event is known', () => {
  const ids = new RecentIds();
  expect([ids.add('a'), ids.add('b'), ids.add('a')]).toEqual([true, true, false]);
});

test.each(['', 'null', '[]', '{"event_type":1}', '{'])('%j is no event', (data) => {
  expect(eventOf(data)).toBeNull();
});

test('fields of other types are left out', () => {
  const event = eventOf('{"event_type":"media.created","event_id":"e","created_at":"t","run_id":7,"payload":[]}');
  expect(event).toEqual({ id: 'e', type: 'media.created', at: 't', runId: null, videoId: null, indexId: null, payload: {} });
});
