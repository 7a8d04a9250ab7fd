import { expect, test } from 'vitest';

import { exportOfIndex } from './export-example';
import { hasFile, markOf, repeated, shareOf, stateOf } from './export-state';

const working = { total_runs: 2, total_media: 8, written_bytes: 1_200_000, delivered_bytes: 0, segments: null };
const toStore = { destination_type: 'connector', destination_connector_id: 'con_1' } as const;

test('an export at work says how much is written, and then how much is delivered', () => {
  const writing = exportOfIndex({ status: 'processing', queue_status: 'running', attempts: 1, progress: working });
  expect([stateOf(writing), shareOf(writing), markOf(writing)]).toEqual(['At work, 1.2 MB written', null, 'working']);
  const delivering = exportOfIndex({ ...writing, ...toStore, file_size_bytes: 4_000_000, progress: { ...working, delivered_bytes: 1_000_000 } });
  expect([stateOf(delivering), shareOf(delivering)]).toEqual(['Delivering, 25 %', 0.25]);
});

test('an export between two attempts waits', () => {
  expect(stateOf(exportOfIndex({ status: 'processing', queue_status: 'queued', attempts: 1 }))).toBe('Waiting for another attempt');
});

test('only a completed export that has its file can be downloaded', () => {
  const ready = exportOfIndex({ status: 'completed', file_size_bytes: 10 });
  expect([hasFile(ready), stateOf(ready), markOf(ready)]).toEqual([true, 'Ready', 'ready']);
  expect(hasFile(exportOfIndex({}))).toBe(false);
  const delivered = exportOfIndex({ ...ready, ...toStore });
  expect([hasFile(delivered), stateOf(delivered)]).toEqual([false, 'Delivered']);
  const expired = exportOfIndex({ ...ready, file_removed_at: '2026-08-10T09:30:00.000Z', removal_reason: 'expired' });
  expect([hasFile(expired), stateOf(expired), markOf(expired)]).toEqual([false, 'File deleted', 'waiting']);
});

test('an export can be repeated with all its choices', () => {
  const done = exportOfIndex({
    ...toStore,
    export_params: { prompt_run_ids: ['run_1', 'run_2'], destination_connector_id: 'con_1', destination_base_path: null, destination_subpath: 'films' },
    destination_subpath: 'films',
    format: 'parquet',
    include_embeddings: true,
    result_scope: 'matches',
  });
  expect(repeated(done)).toEqual({
    index: 'idx_1',
    runs: ['run_1', 'run_2'],
    format: 'parquet',
    embeddings: true,
    scope: 'matches',
    connector: 'con_1',
    path: 'films',
  });
  expect(repeated(exportOfIndex({ export_type: 'prompt_run', target_id: 'run_1' }))).toEqual({ run: 'run_1', format: 'json' });
});
