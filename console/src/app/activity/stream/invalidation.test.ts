import type { QueryKey } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { StreamEvent } from './event';
import { Collector, staleKeysOf } from './invalidation';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function event(type: string, videoId: string | null = null): StreamEvent {
  return { id: 'e', type, at: '', runId: null, videoId, indexId: null, payload: {} };
}

test.each<[string, QueryKey[]]>([
  ['media.created', [['videos']]],
  ['media.processing.completed', [['videos'], ['runs']]],
  ['prompt_run.progress', [['runs']]],
  ['prompt_run.partial_completed', [['runs'], ['videos'], ['search']]],
  ['import_job.progress', [['imports']]],
  ['import_job.started', [['imports'], ['uploads'], ['automations']]],
  ['deletion.completed', [['videos'], ['indexes'], ['runs'], ['search']]],
  ['webhook.disabled', [['webhooks']]],
  ['export.ready', [['exports'], ['automations']]],
  ['something.new', []],
])('%s makes %j stale', (type, keys) => {
  expect(staleKeysOf(event(type))).toEqual(keys);
});

test('a segment makes the segments of its medium stale', () => {
  expect(staleKeysOf(event('segment.processed', 'vid_1'))).toEqual([['segments', 'vid_1']]);
});

test('a burst is handed over once, without repetitions', () => {
  const handed: QueryKey[][] = [];
  const collector = new Collector((keys) => handed.push(keys));
  for (let count = 0; count < 50; count += 1) collector.add([['runs'], ['videos']]);
  vi.advanceTimersByTime(150);
  expect(handed).toEqual([[['runs'], ['videos']]]);
  collector.add([['runs']]);
  vi.advanceTimersByTime(500);
  expect(handed).toHaveLength(1);
  vi.advanceTimersByTime(600);
  expect(handed).toHaveLength(2);
});
