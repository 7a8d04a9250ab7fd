import { expect, test } from 'vitest';

import { canBeResent, markOf, pollAfter } from './delivery-state';

const now = Date.parse('2026-01-01T00:00:00Z');

function delivery(status: string, next: string | null = null) {
  return { status, next_retry_at: next };
}

test('deliveries that may change soon are read again', () => {
  expect(pollAfter([delivery('delivered'), delivery('failed')], now)).toBe(false);
  expect(pollAfter([delivery('delivered'), delivery('processing')], now)).toBe(2000);
  expect(pollAfter([delivery('retrying', '2026-01-01T00:00:01Z')], now)).toBe(2000);
  expect(pollAfter([delivery('retrying', '2026-01-01T01:00:00Z')], now)).toBe(false);
});

test('a delivery that arrived or is under way cannot be resent', () => {
  expect(['pending', 'processing', 'retrying', 'delivered', 'failed'].filter((status) => canBeResent(delivery(status)))).toEqual([
    'retrying',
    'failed',
  ]);
  expect([markOf(delivery('failed')), markOf(delivery('delivered'))]).toEqual(['failed', 'ready']);
});
