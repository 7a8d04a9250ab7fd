import { expect, test } from 'vitest';

import { type Destination, exportOf, formatOf, missingOf, retargeted } from './export-form';

const download: Destination = { kind: 'download', path: '' };
const store: Destination = { kind: 'connector', path: ' films/2024 ' };

test('all runs of an index are an export without a list of runs', () => {
  const all = exportOf({ index: 'idx_1' }, download, false);
  expect(all).toEqual({ target: { kind: 'index', id: 'idx_1' }, body: { format: 'json', result_scope: 'all', include_embeddings: false } });
  expect(exportOf({ index: 'idx_1', runs: ['run_1'] }, download, false)?.body.prompt_run_ids).toEqual(['run_1']);
});

test('a run goes into a store under a folder', () => {
  const search = { run: 'run_1', format: 'sqlite', connector: 'con_1', path: 'old' } as const;
  expect(exportOf(search, store, false)).toEqual({
    target: { kind: 'run', id: 'run_1' },
    body: { format: 'sqlite', result_scope: 'all', include_embeddings: false, destination_connector_id: 'con_1', destination_subpath: 'films/2024' },
  });
  expect(exportOf({ ...search, path: '' }, download, false)?.body).not.toHaveProperty('destination_connector_id');
});

test('an export says what is missing before it starts', () => {
  expect(missingOf({}, download)).toBe('target');
  expect(missingOf({ index: 'idx_1', runs: [] }, download)).toBe('runs');
  expect(missingOf({ run: 'run_1' }, store)).toBe('connector');
  expect(missingOf({ run: 'run_1', connector: 'con_1' }, store)).toBeNull();
  expect(exportOf({ run: 'run_1' }, store, false)).toBeNull();
});

test('only the selection is exported where there is one', () => {
  expect(exportOf({ run: 'run_1', scope: 'matches' }, download, true)?.body.result_scope).toBe('matches');
  expect(exportOf({ run: 'run_1', scope: 'matches' }, download, false)?.body.result_scope).toBe('all');
});

test('embeddings are for Parquet, and a database is for one run', () => {
  expect(exportOf({ run: 'run_1', format: 'parquet', embeddings: true }, download, false)?.body.include_embeddings).toBe(true);
  expect(exportOf({ run: 'run_1', format: 'csv', embeddings: true }, download, false)?.body.include_embeddings).toBe(false);
  expect(formatOf({ run: 'run_1', format: 'sqlite' })).toBe('sqlite');
  expect(formatOf({ index: 'idx_1', runs: ['run_1'], format: 'sqlite' })).toBe('sqlite');
  expect(formatOf({ index: 'idx_1', format: 'sqlite' })).toBe('json');
});

test('another target keeps the other choices, and its own runs alone', () => {
  const search = { index: 'idx_1', runs: ['run_1'], format: 'csv' } as const;
  expect(retargeted({ ...search, runs: ['run_1'] }, { index: 'idx_2' })).toEqual({ index: 'idx_2', format: 'csv' });
  expect(retargeted({ ...search, runs: ['run_1'] }, { index: 'idx_1' })).toEqual({ index: 'idx_1', runs: ['run_1'], format: 'csv' });
  expect(retargeted({ ...search, runs: ['run_1'] }, { run: 'run_1' })).toEqual({ run: 'run_1', format: 'csv' });
});
