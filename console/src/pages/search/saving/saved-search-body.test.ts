import { expect, test } from 'vitest';

import type { Condition } from '@/pages/search/conditions/conditions';

import { obstacleTo, savedSearchBody } from './saved-search-body';

const condition: Condition = { field: 'a', type: 'string', operator: 'equals', value: 'x' };
const choice = { name: 'Cats', space: 'text', minScore: 0.4 } as const;

test('words are saved with a floor, in the index of the address', () => {
  expect(savedSearchBody({ q: 'cat', index: 'i1' }, ['i1', 'i2'], choice)).toEqual({
    name: 'Cats',
    status: 'enabled',
    playground: false,
    index_ids: ['i1'],
    query: 'cat',
    threshold: { space: 'text', min_score: 0.4 },
  });
});

test('conditions alone are saved without a floor', () => {
  expect(savedSearchBody({ filter: [condition], index: 'playground' }, ['i1'], choice)).toEqual({
    name: 'Cats',
    status: 'enabled',
    playground: true,
    conditions: [condition],
  });
});

test('a search of everything is saved for all indexes', () => {
  expect(savedSearchBody({ q: 'cat' }, ['i1', 'i2'], choice)).toMatchObject({ index_ids: ['i1', 'i2'] });
});

test('searches that no saved search can repeat say why', () => {
  expect(obstacleTo({}, ['i1'])).toBe('nothing-sought');
  expect(obstacleTo({ q: 'cat', picture: 'segment:s1' }, ['i1'])).toBe('picture');
  expect(obstacleTo({ filter: [condition], marker: 'any' }, ['i1'])).toBe('marker');
  expect(obstacleTo({ q: 'cat', run: 'r1' }, ['i1'])).toBe('run');
  expect(obstacleTo({ q: 'cat' }, [])).toBe('no-index');
  expect(obstacleTo({ q: 'cat' }, Array.from({ length: 21 }, (_, place) => `i${place}`))).toBe('too-many-indexes');
  expect(obstacleTo({ q: 'cat', index: 'sample' }, ['i1'])).toBe('not-own');
  expect(obstacleTo({ q: 'cat', index: 'i1' }, ['i1'])).toBeNull();
  expect(obstacleTo({ q: 'cat' }, ['i1'])).toBeNull();
  expect(obstacleTo({ q: 'cat', index: 'playground' }, [])).toBeNull();
});
