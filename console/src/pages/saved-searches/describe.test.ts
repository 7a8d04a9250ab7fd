import { expect, test } from 'vitest';

import { describeScope, describeSought } from './describe';

const threshold = { space: 'text', min_score: 0.4, scale: 'cosine', model: 'm@1/3' } as const;

test('words are named with their floor and its space', () => {
  expect(describeSought({ query: 'a cat', threshold, conditions: null })).toBe('“a cat”, text at least 0.40');
});

test('conditions are counted', () => {
  expect(describeSought({ query: null, threshold: null, conditions: [{}] })).toBe('1 condition');
  expect(describeSought({ query: 'a cat', threshold, conditions: [{}, {}] })).toBe('“a cat”, text at least 0.40, 2 conditions');
});

test('indexes have their names, and an unknown one its id', () => {
  const names = new Map([['idx_1', 'Films']]);
  expect(describeScope({ index_ids: ['idx_1', 'idx_2'], playground: false }, names)).toBe('Films, idx_2');
  expect(describeScope({ index_ids: [], playground: true }, names)).toBe('Playground');
  expect(describeScope({ index_ids: [], playground: false }, names)).toBe('No index is left');
});
