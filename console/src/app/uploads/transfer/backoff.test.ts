import { describe, expect, it } from 'vitest';

import { ApiProblem } from '@/api/problem';
import { attempts, canRetry, pause, waitBefore, withRetries } from './backoff';

const busy = new ApiProblem('Busy.', 503, 'service_unavailable');
const never = new AbortController().signal;
const noWait = () => Promise.resolve();

it('waits longer after each attempt, at most 30 seconds', () => {
  expect([1, 2, 3, 20].map((attempt) => waitBefore(attempt, 1))).toEqual([500, 1000, 2000, 30_000]);
  expect(waitBefore(1, 0)).toBe(250);
});

it('retries failures of the network and of a busy server only', () => {
  expect(canRetry(ApiProblem.unreachable(null))).toBe(true);
  expect(canRetry(busy)).toBe(true);
  expect(canRetry(new ApiProblem('Full.', 503, 'storage_full'))).toBe(false);
  expect(canRetry(new ApiProblem('Too large.', 413, 'payload_too_large'))).toBe(false);
  expect(canRetry(new TypeError('a defect'))).toBe(false);
});

describe('withRetries', () => {
  it('returns the first success', async () => {
    let tries = 0;
    const work = () => (++tries < 3 ? Promise.reject(busy) : Promise.resolve('sent'));
    await expect(withRetries(work, never, noWait)).resolves.toBe('sent');
    expect(tries).toBe(3);
  });

  it('gives up after all attempts', async () => {
    let tries = 0;
    await expect(withRetries(() => (tries++, Promise.reject(busy)), never, noWait)).rejects.toBe(busy);
    expect(tries).toBe(attempts);
  });
});

it('ends a pause when it is aborted', async () => {
  const abort = new AbortController();
  const waiting = pause(60_000, abort.signal);
  abort.abort(new DOMException('Stopped.', 'AbortError'));
  await expect(waiting).rejects.toThrow('Stopped.');
});
