import { expect, test } from 'vitest';

import { exportsSearchOf, newExportSearchOf } from './exports-search';

test('a link to the list keeps its filters, and leaves out values that nobody writes', () => {
  expect(exportsSearchOf({ status: 'failed', kind: 'index', format: 'csv' })).toEqual({ status: 'failed', kind: 'index', format: 'csv' });
  expect(exportsSearchOf({ status: 'lost', kind: 'medium', format: 'xlsx' })).toEqual({});
});

test('a link to a new export keeps its choices', () => {
  const choices = { index: 'idx_1', runs: ['run_1', 'run_2'], format: 'parquet', embeddings: true, scope: 'matches', connector: 'con_1', path: 'films' } as const;
  expect(newExportSearchOf(choices)).toEqual(choices);
  expect(newExportSearchOf({ index: 'idx_1', runs: 'run_1', path: 2024 })).toEqual({ index: 'idx_1', runs: ['run_1'], path: '2024' });
  expect(newExportSearchOf({ scope: 'all', embeddings: 'no', format: 'xlsx' })).toEqual({});
});

test('no run chosen yet is another thing than all runs', () => {
  expect(newExportSearchOf({ index: 'idx_1', runs: [] })).toEqual({ index: 'idx_1', runs: [] });
});
