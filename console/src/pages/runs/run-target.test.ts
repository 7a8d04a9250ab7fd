import { expect, test } from 'vitest';

import { targetOf } from './run-target';

test('targets are told apart', () => {
  expect(targetOf({ run_context: { type: 'index', index_id: 'idx_1' } })).toEqual({ kind: 'index', indexId: 'idx_1' });
  expect(targetOf({ run_context: { type: 'playground', is_playground: true } })).toEqual({ kind: 'playground' });
  expect(targetOf({ run_context: { type: 'import_job', import_job_id: 'imp_1', index_id: 'idx_1' } })).toEqual({ kind: 'import', jobId: 'imp_1', indexId: 'idx_1' });
  expect(targetOf({ run_context: { type: 'videos', video_ids: ['a'], video_count: 300 } })).toMatchObject({ kind: 'videos', count: 300 });
});
