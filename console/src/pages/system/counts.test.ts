import { expect, test } from 'vitest';

import { countOf, endedOf } from './counts';

test('a count of a part is a lower bound', () => {
  expect([countOf(3, false), countOf(3, true)]).toEqual(['3', 'at least 3']);
});

test('work that waits, is at work or failed has not ended well', () => {
  const byStatus = { pending: 2, processing: 1, completed: 4, cancelled: 1, failed: 3 };
  expect(endedOf({ by_status: byStatus, waiting: 2, at_work: 1, at_least: false })).toBe(5);
});
