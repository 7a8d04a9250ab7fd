import { expect, test } from 'vitest';

import type { Condition } from '@/pages/search/conditions/conditions';

import { searchPlan } from './search-plan';

const condition: Condition = { field: 'a', type: 'string', operator: 'equals', value: 'x' };
const nothing = { words: ' ', hasPicture: false, conditions: [], marked: false, index: undefined, indexIds: ['i1', 'i2'] };

test('nothing asked for needs no request', () => {
  expect(searchPlan(nothing)).toBeNull();
});

test('words search all indexes in one request, and the playground', () => {
  expect(searchPlan({ ...nothing, words: 'cat' })).toMatchObject({
    kind: 'ranked',
    targets: [{ kind: 'indexes', indexIds: ['i1', 'i2'] }, { kind: 'playground' }],
  });
  expect(searchPlan({ ...nothing, words: 'cat', indexIds: [] })?.targets).toEqual([{ kind: 'playground' }]);
  expect(searchPlan({ ...nothing, words: 'cat', index: 'i2' })?.targets).toEqual([{ kind: 'indexes', indexIds: ['i2'] }]);
  expect(searchPlan({ ...nothing, words: 'cat', index: 'playground' })?.targets).toEqual([{ kind: 'playground' }]);
});

test('words with conditions need a request for each index', () => {
  const indexIds = Array.from({ length: 25 }, (_, place) => `i${place}`);
  const plan = searchPlan({ ...nothing, words: 'cat', conditions: [condition], indexIds });
  expect(plan?.kind).toBe('ranked-and-filtered');
  expect(plan?.targets).toHaveLength(20);
  expect(plan?.indexesLeftOut).toBe(6);
});

test('a picture searches indexes without conditions', () => {
  expect(searchPlan({ ...nothing, hasPicture: true, conditions: [condition] })).toEqual({
    kind: 'ranked',
    targets: [{ kind: 'indexes', indexIds: ['i1', 'i2'] }],
    withoutPlayground: true,
    withoutConditions: true,
    withoutMarker: false,
    indexesLeftOut: 0,
  });
});

test('conditions alone filter', () => {
  expect(searchPlan({ ...nothing, conditions: [condition], index: 'i1' })).toMatchObject({ kind: 'filtered', withoutPlayground: false });
});

test('markers alone filter, and do not apply to words', () => {
  expect(searchPlan({ ...nothing, marked: true })).toMatchObject({ kind: 'filtered', withoutMarker: false });
  expect(searchPlan({ ...nothing, marked: true, words: 'cat' })).toMatchObject({ kind: 'ranked', withoutMarker: true });
});
