import { expect, test } from 'vitest';

import { boxesPath, cutsPath, joined, labelStep, secondAt, spanAt } from './lane-paths';

test('spans with an invisible gap are one', () => {
  const spans = [
    { start: 10, end: 20 },
    { start: 0, end: 5 },
    { start: 20.01, end: 30 },
  ];
  expect(joined(spans, 100)).toEqual([
    { start: 0, end: 5 },
    { start: 10, end: 30 },
  ]);
});

test('two hours of words are a short path', () => {
  const words = Array.from({ length: 20_000 }, (_, n) => ({ start: n * 0.36, end: n * 0.36 + 0.3 }));
  expect(boxesPath(words, 7200).length).toBeLessThan(40_000);
});

test('a span is a box in the units of the drawing', () => {
  expect(boxesPath([{ start: 25, end: 50 }], 100)).toBe('M2500 0h2500v1h-2500z');
  expect(boxesPath([{ start: 100, end: 100 }], 100)).toBe('M10000 0h5v1h-5z');
  expect(boxesPath([{ start: 0, end: 0 }], 0)).toBe('');
});

test('cuts are lines between spans', () => {
  const spans = [0, 50, 50.01].map((start) => ({ start, end: start + 1 }));
  expect(cutsPath(spans, 100)).toBe('M5000 0v1');
});

test.each([
  [-5, 0],
  [100, 30],
  [500, 60],
])('the pointer at %s is at second %s', (x, second) => {
  expect(secondAt(x, 200, 60)).toBe(second);
});

test('a second belongs to the span that began last', () => {
  const spans = [
    { start: 2, end: 4 },
    { start: 6, end: 8 },
  ];
  expect([0, 2, 5, 6, 99].map((second) => spanAt(spans, second))).toEqual([-1, 0, 0, 1, 1]);
});

test('labels of the scale have room', () => {
  expect(labelStep(44, 1200)).toBe(5);
  expect(labelStep(7200, 1200)).toBe(600);
  expect(labelStep(7200, 0)).toBe(3600);
});
