import { expect, test } from 'vitest';

import { clipTime, secondsOf, spanProblem } from './clip-times';

test.each([
  [0, '0:00'],
  [61.5, '1:01.5'],
  [59.9996, '1:00'],
  [3661.25, '1:01:01.25'],
  [10, '0:10'],
])('%d seconds are %s', (seconds, text) => {
  expect(clipTime(seconds)).toBe(text);
  expect(secondsOf(text)).toBeCloseTo(seconds, 2);
});

test('a time may be seconds alone, and may have a comma', () => {
  expect(secondsOf(' 61,5 ')).toBe(61.5);
  expect(secondsOf('0:01:01.5')).toBe(61.5);
});

test.each(['', 'soon', '1:75', '-3', '1:2:3:4', '1:99:00'])('%j is no time', (text) => {
  expect(secondsOf(text)).toBeNull();
});

test('the problem of a span is named', () => {
  expect(spanProblem(null, 4, 10)).toBe('start');
  expect(spanProblem(1, null, 10)).toBe('end');
  expect(spanProblem(4, 4, 10)).toBe('order');
  expect(spanProblem(10, 12, 10)).toBe('outside');
  expect(spanProblem(0, 601, null)).toBe('long');
  expect(spanProblem(0, 600, null)).toBeNull();
});
