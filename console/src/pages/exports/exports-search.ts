import { present, textOf } from '@/app/search-values';

import type { Export, ExportFormat } from './queries';

export const exportStatuses = ['pending', 'processing', 'completed', 'failed'] as const;
export const exportKinds = ['index', 'prompt_run'] as const;
export const exportFormats = ['json', 'jsonl', 'csv', 'parquet', 'sqlite'] as const satisfies readonly ExportFormat[];

/** The filters of the list of exports. */
export interface ExportsSearch {
  status?: Export['status'];
  kind?: Export['export_type'];
  format?: ExportFormat;
}

/** What a new export begins with. A run comes before an index. */
export interface NewExportSearch {
  /** The run whose results are exported. */
  run?: string;
  /** The index whose runs are exported. */
  index?: string;
  /** The chosen runs of the index. Absent: all. */
  runs?: string[];
  format?: ExportFormat;
  embeddings?: true;
  scope?: 'matches';
  connector?: string;
  path?: string;
}

export function exportsSearchOf(search: Record<string, unknown>): ExportsSearch {
  return present({
    status: exportStatuses.find((each) => each === search.status),
    kind: exportKinds.find((each) => each === search.kind),
    format: exportFormats.find((each) => each === search.format),
  });
}

/** Read the address of a new export. `runs` may be given more than once. */
export function newExportSearchOf(search: Record<string, unknown>): NewExportSearch {
  const given: unknown[] = Array.isArray(search.runs) ? search.runs : [search.runs];
  const runs = [...new Set(given.map(textOf).filter((id) => id !== undefined))];
  return present({
    run: textOf(search.run),
    index: textOf(search.index),
    runs: Array.isArray(search.runs) || runs.length > 0 ? runs : undefined,
    format: exportFormats.find((each) => each === search.format),
    embeddings: search.embeddings === true || search.embeddings === 1 || search.embeddings === '' ? (true as const) : undefined,
    scope: search.scope === 'matches' ? ('matches' as const) : undefined,
    connector: textOf(search.connector),
    path: textOf(search.path),
  });
}
