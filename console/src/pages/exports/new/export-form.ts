import type { Models } from '@/api/client';
import type { NewExportSearch } from '@/pages/exports/exports-search';
import type { ExportFormat } from '@/pages/exports/queries';

type TargetKind = 'index' | 'run';

/** Where a file goes. `path` counts only for a connector. */
export interface Destination {
  kind: 'download' | 'connector';
  path: string;
}

/** An export before it starts. */
export interface NewExport {
  target: { kind: TargetKind; id: string };
  body: ExportBody;
}

type ExportBody = Models['ExportIndexRequest'];

/** The formats in the order in which they are offered. */
const everyFormat: readonly ExportFormat[] = ['json', 'jsonl', 'csv', 'parquet', 'sqlite'];

export function targetKind({ run }: NewExportSearch): TargetKind {
  return run === undefined ? 'index' : 'run';
}

/** Return the formats that can hold what is chosen. A database holds the tables of one run. */
export function formatsOf({ run, runs }: NewExportSearch): readonly ExportFormat[] {
  return run !== undefined || runs?.length === 1 ? everyFormat : everyFormat.filter((format) => format !== 'sqlite');
}

/** Return the chosen format, or JSON where it cannot hold what is chosen. */
export function formatOf(search: NewExportSearch): ExportFormat {
  return formatsOf(search).find((format) => format === search.format) ?? 'json';
}

/** Return the other target, with the choices that fit it too. */
export function retargeted(search: NewExportSearch, target: Pick<NewExportSearch, 'run' | 'index'>): NewExportSearch {
  const { run, index, runs, ...others } = search;
  const isSameIndex = target.index !== undefined && target.index === index && run === undefined;
  return { ...others, ...target, ...(isSameIndex && runs !== undefined ? { runs } : {}) };
}

/** What is missing before an export can start. */
type Missing = 'target' | 'runs' | 'connector';

export function missingOf(search: NewExportSearch, destination: Destination): Missing | null {
  if ((search.run ?? search.index) === undefined) return 'target';
  if (search.run === undefined && search.runs?.length === 0) return 'runs';
  return destination.kind === 'connector' && search.connector === undefined ? 'connector' : null;
}

/** Return the export that the choices make; null while something is missing. */
export function exportOf(search: NewExportSearch, destination: Destination, hasSelection: boolean): NewExport | null {
  const { run, index, runs, connector } = search;
  const id = run ?? index;
  if (id === undefined || missingOf(search, destination) !== null) return null;
  const kind = targetKind(search);
  const format = formatOf(search);
  const path = destination.path.trim();
  return {
    target: { kind, id },
    body: {
      ...(kind === 'index' && runs !== undefined ? { prompt_run_ids: runs } : {}),
      ...(destination.kind === 'connector' ? { destination_connector_id: connector, ...(path === '' ? {} : { destination_subpath: path }) } : {}),
      format,
      result_scope: hasSelection && search.scope === 'matches' ? 'matches' : 'all',
      include_embeddings: format === 'parquet' && search.embeddings === true,
    },
  };
}
