import { expect, test } from 'vitest';

import { downloadCommand, exportCall, startCall } from './copied-calls';
import { exportOfIndex } from './export-example';

const plain = { format: 'json', result_scope: 'all', include_embeddings: false } as const;

test('what the official client can start is copied as its call', () => {
  const { request, python } = startCall({ target: { kind: 'index', id: 'idx_1' }, body: { ...plain, prompt_run_ids: ['run_1'], destination_connector_id: 'con_1' } });
  expect(request).toMatchObject({ method: 'POST', path: '/api/v2/exports/index/idx_1' });
  expect(python).toContain('with VideoVector(api_key=os.environ["VIDEO_VECTOR_API_KEY"]');
  expect(python).toContain(
    ['export = video.exports.create_index_export(', '        index_id="idx_1",', '        prompt_run_ids=["run_1"],', '        destination_connector_id="con_1",', '    )'].join('\n'),
  );
  expect(startCall({ target: { kind: 'run', id: 'run_1' }, body: plain }).python).toContain('create_prompt_run_export(\n        run_id="run_1",\n    )');
});

test.each([{ format: 'csv' }, { result_scope: 'matches' }, { include_embeddings: true }] as const)('%j is copied as the request itself', (choice) => {
  const call = startCall({ target: { kind: 'run', id: 'run_1' }, body: { ...plain, ...choice } });
  expect(call.python).toBeUndefined();
  expect(call.request.body).toMatchObject(choice);
});

test('the official client downloads JSON alone', () => {
  expect(exportCall(exportOfIndex({})).python).toContain('video.exports.download(export.export_id, "videovector-index-exp_1.json")');
  expect(exportCall(exportOfIndex({ format: 'jsonl' })).python).not.toContain('download');
  expect(exportCall(exportOfIndex({ destination_type: 'connector' })).python).not.toContain('download(');
});

test('a download by curl has the key as a variable, and a file of its own', () => {
  expect(downloadCommand(exportOfIndex({ format: 'csv', file_name: 'videovector-index-exp_1.csv' }), 'http://127.0.0.1:8000')).toBe(
    [
      'curl --fail-with-body',
      '-H "X-API-Key: $VIDEO_VECTOR_API_KEY"',
      `-o 'videovector-index-exp_1.csv'`,
      `'http://127.0.0.1:8000/api/v2/exports/exp_1/download'`,
    ].join(' \\\n  '),
  );
});
