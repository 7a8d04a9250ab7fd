import { type ApiRequest, pythonLiteral, shellQuoted, videoVectorProgram } from '@/components/ui/copying/request-snippet';

import type { NewExport } from './new/export-form';
import type { Export } from './queries';

/** What a page offers to copy. Without `python` the request itself is written in Python. */
interface CopiedCall {
  request: ApiRequest;
  python?: string;
}

/** The call that lists exports. */
export function listCall(): CopiedCall {
  return {
    request: { method: 'GET', path: '/api/v2/exports' },
    python: videoVectorProgram(['for export in video.exports.list():', '    print(export.export_id, export.status, export.target_id)']),
  };
}

/** The call that waits for an export, and downloads it where the client reads its format. */
export function exportCall({ export_id: id, destination_type: destination, format, file_name: name }: Export): CopiedCall {
  const reads = destination === 'download' && format === 'json';
  return {
    request: { method: 'GET', path: pathOf(id) },
    python: videoVectorProgram([
      `export = video.exports.wait_for_completion(${pythonLiteral(id)})`,
      'print(export.status, export.file_size_bytes, export.destination_uri)',
      ...(reads ? [`video.exports.download(export.export_id, ${pythonLiteral(name)})`] : []),
    ]),
  };
}

/** The call that starts an export. The official client knows no choice of format, selection or embeddings. */
export function startCall({ target, body }: NewExport): CopiedCall {
  const [name, argument] = target.kind === 'index' ? ['index', 'index_id'] : ['prompt-run', 'run_id'];
  const request = { method: 'POST', path: `/api/v2/exports/${name}/${encodeURIComponent(target.id)}`, body } as const;
  const { format, result_scope, include_embeddings, ...known } = body;
  if (format !== 'json' || result_scope !== 'all' || include_embeddings) return { request };
  const call = target.kind === 'index' ? 'create_index_export' : 'create_prompt_run_export';
  const given = Object.entries({ [argument]: target.id, ...known }).filter(([, value]) => value !== null);
  return {
    request,
    python: videoVectorProgram([
      `export = video.exports.${call}(`,
      ...given.map(([each, value]) => `    ${each}=${pythonLiteral(value, 1)},`),
      ')',
      'print(export.export_id, export.status)',
    ]),
  };
}

/** Write the curl command that downloads an export's file. It stops at an answer that is no file. */
export function downloadCommand({ export_id: id, file_name: name }: Pick<Export, 'export_id' | 'file_name'>, origin: string = window.location.origin): string {
  return [
    'curl --fail-with-body',
    `-H "X-API-Key: $VIDEO_VECTOR_API_KEY"`,
    `-o ${shellQuoted(name)}`,
    shellQuoted(`${origin}${pathOf(id)}/download`),
  ].join(' \\\n  ');
}

function pathOf(exportId: string): string {
  return `/api/v2/exports/${encodeURIComponent(exportId)}`;
}
