import { expect, test } from 'vitest';

import { startOf, timeOf } from './replay-range';

const now = Date.parse('2026-01-08T12:00:00Z');

test('a range begins hours before now, the longest one within the log', () => {
  expect(startOf(1, now)).toBe('2026-01-08T11:00:00.000Z');
  expect(startOf(168, now)).toBe('2026-01-01T12:01:00.000Z');
});

test('a time of the form is a moment, an empty one is none', () => {
  expect(timeOf('2026-01-08T12:00')).toBe(new Date(2026, 0, 8, 12).toISOString());
  expect([timeOf(''), timeOf('soon')]).toEqual([null, null]);
});
