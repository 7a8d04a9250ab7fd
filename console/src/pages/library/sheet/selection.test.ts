import { expect, it } from 'vitest';

import { addAll, extendTo, keepKnown, nothingSelected, toggleOne } from './selection';

const order = ['a', 'b', 'c', 'd'];
const ids = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort();

it('selects and deselects one', () => {
  const one = toggleOne(nothingSelected, 'b');
  expect(ids(one)).toEqual(['b']);
  expect(ids(toggleOne(one, 'b'))).toEqual([]);
});

it('extends from the anchor in both directions', () => {
  const one = toggleOne(nothingSelected, 'c');
  expect(ids(extendTo(one, order, 'd'))).toEqual(['c', 'd']);
  expect(ids(extendTo(one, order, 'a'))).toEqual(['a', 'b', 'c']);
});

it('selects one if there is no anchor', () => expect(ids(extendTo(nothingSelected, order, 'b'))).toEqual(['b']));

it('adds a box and forgets deleted media', () => {
  const box = addAll(toggleOne(nothingSelected, 'a'), ['c', 'd']);
  expect(ids(box)).toEqual(['a', 'c', 'd']);
  expect(ids(keepKnown(box, new Set(['a', 'b', 'c'])))).toEqual(['a', 'c']);
});
