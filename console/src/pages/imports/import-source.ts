import { useQuery } from '@tanstack/react-query';

import { indexesQuery } from '@/api/queries';
import { useConnectors } from '@/pages/connections/connectors/queries';
import { words } from '@/words/en';

import type { ImportJob } from './queries';

/** Return the name of an import: the files that it takes from a store, or its first file and the number of the others. */
export function useImportName(job: ImportJob): string {
  const connectors = useConnectors();
  const { connector_id: id, source_prefix: prefix, file_pattern: pattern, outputs, failed_files: failed, progress } = job;
  if (job.source_kind !== 'connector' || id === null || id === undefined) {
    const first = outputs.items[0]?.title ?? failed[0]?.file_name ?? progress.current_file ?? words.imports.unnamed;
    return progress.total_files > 1 ? words.imports.andMore(first, progress.total_files - 1) : first;
  }
  const name = connectors.data?.find((each) => each.connector_id === id)?.name ?? words.imports.deletedConnector;
  return words.imports.selection(name, prefix, pattern);
}

/** Return the name of the place where the media of an import go. */
export function useDestinationName({ target_index_id: id }: Pick<ImportJob, 'target_index_id'>): string {
  const indexes = useQuery(indexesQuery);
  if (id === null) return words.imports.playground;
  return indexes.data?.find(({ index_id: each }) => each === id)?.name ?? (indexes.isSuccess ? words.imports.deletedIndex : '');
}
