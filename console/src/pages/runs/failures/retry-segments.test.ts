import { expect, test } from 'vitest';

import type { FailedPlace } from './failure-groups';
import { type RetryProgress, retrySegments } from './retry-segments';

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
