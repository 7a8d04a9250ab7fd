import { expect, test } from 'vitest';

import { peaksOf, peaksPath } from './peaks';

test('a peak is the loudest sample of its part in any channel', () => {
  const left = Float32Array.of(0.1, -0.4, 0.2, 0);
  const right = Float32Array.of(0, 0.1, 0.1, 0.1);
  expect(peaksOf([left, right], 2).map((peak) => peak.toFixed(2))).toEqual(['1.00', '0.50']);
});

test('a short sound has as many peaks as samples, and silence none above 0', () => {
  expect(peaksOf([Float32Array.of(0.5)], 100)).toEqual([1]);
  expect(peaksOf([new Float32Array(4)], 2)).toEqual([0, 0]);
  expect(peaksOf([], 10)).toEqual([]);
});

test('peaks are bars around the middle', () => {
  expect(peaksPath([1, 0])).toBe('M0.15 -1h.7v2h-.7zM1.15 -0.01h.7v0.02h-.7z');
});
