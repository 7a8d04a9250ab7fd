import { expect, test } from 'vitest';

import { nothingSelected, selectedFrom, selectedSpan, selectedTo } from './selected-span';

test('a selection has an end after its start', () => {
  const both = selectedTo(selectedFrom(nothingSelected, 4), 9);
  expect(both).toEqual({ from: 4, to: 9 });
  expect(selectedFrom(both, 12)).toEqual({ from: 12, to: null });
  expect(selectedTo(both, 2)).toEqual({ from: null, to: 2 });
});

test('an open end reaches as far as the medium', () => {
  expect(selectedSpan(nothingSelected, 44)).toBeNull();
  expect(selectedSpan({ from: 4, to: null }, 44)).toEqual({ start: 4, end: 44 });
  expect(selectedSpan({ from: null, to: 60 }, 44)).toEqual({ start: 0, end: 44 });
});
