import { expect, test } from 'vitest';

import { fitInto } from './fit';
import { largestScale, moved, wholeView, zoomedAt } from './zoom';

const shown = { room: { width: 400, height: 300 }, picture: { width: 400, height: 200 } };

test('a zoom keeps the point under the pointer', () => {
  const view = zoomedAt(wholeView, 2, { x: 100, y: 0 }, shown);
  expect(view).toEqual({ scale: 2, x: -100, y: 0 });
  expect(zoomedAt(view, 0.5, { x: 100, y: 0 }, shown)).toEqual(wholeView);
});

test('a picture is never smaller than its room or too large', () => {
  expect(zoomedAt(wholeView, 0.1, { x: 0, y: 0 }, shown).scale).toBe(1);
  expect(zoomedAt(wholeView, 1000, { x: 0, y: 0 }, shown).scale).toBe(largestScale);
});

test('a picture moves as far as it reaches out of its room', () => {
  expect(moved(wholeView, 50, 50, shown)).toEqual(wholeView);
  expect(moved({ scale: 2, x: 0, y: 0 }, 500, -500, shown)).toEqual({ scale: 2, x: 200, y: -50 });
});

test('a medium fits into its room with its shape', () => {
  expect(fitInto({ width: 400, height: 400 }, { width: 1920, height: 1080 })).toEqual({ width: 400, height: 225 });
  expect(fitInto({ width: 400, height: 100 }, { width: 100, height: 100 })).toEqual({ width: 100, height: 100 });
  expect(fitInto({ width: 0, height: 0 }, { width: 100, height: 100 })).toEqual({ width: 0, height: 0 });
});
