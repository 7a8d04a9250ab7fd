import { formatBytes } from '@/components/numbers/format';
import type { Status } from '@/components/ui/feedback/status-mark';
import { words } from '@/words/en';

import type { NewExportSearch } from './exports-search';
import type { Export } from './queries';

type Progress = Pick<Export, 'status' | 'destination_type' | 'file_size_bytes' | 'progress'>;

/** Return whether the file can be downloaded now. */
export function hasFile({ status, destination_type: destination, file_removed_at: removed }: Export): boolean {
  return status === 'completed' && destination === 'download' && removed === null;
}

/** Return how much of a delivery is done, 0 to 1. Null: the amount of work is not known. */
export function shareOf({ status, destination_type: destination, file_size_bytes: size, progress }: Progress): number | null {
  if (status === 'completed' || status === 'failed') return 1;
  if (destination !== 'connector' || size === null || size === 0) return null;
  return Math.min(1, progress.delivered_bytes / size);
}

export function markOf({ status, file_removed_at: removed }: Pick<Export, 'status' | 'file_removed_at'>): Status {
  switch (status) {
    case 'pending':
      return 'waiting';
    case 'processing':
      return 'working';
    case 'completed':
      return removed === null ? 'ready' : 'waiting';
    case 'failed':
      return 'failed';
  }
}

/** Say the state of an export, such as `At work, 1.2 MB written` or `Delivering, 40 %`. */
export function stateOf(found: Export): string {
  const { status, destination_type: destination, queue_status: queue, attempts, progress } = found;
  const text = words.exports;
  if (status === 'completed') {
    if (found.file_removed_at !== null) return text.removed;
    return destination === 'connector' ? text.delivered : text.statuses.completed;
  }
  if (status !== 'processing') return text.statuses[status];
  if (queue === 'queued' && attempts > 0) return text.retries;
  const share = shareOf(found);
  if (share !== null) return text.progress(text.delivering, Math.floor(share * 100));
  return progress.written_bytes === 0 ? text.statuses.processing : text.written(text.statuses.processing, formatBytes(progress.written_bytes));
}

/** Return the runs of the index that an export was limited to; none if it has all of them. */
export function chosenRunsOf({ export_params: params }: Pick<Export, 'export_params'>): string[] {
  return params.prompt_run_ids ?? [];
}

/** Return the form of a new export with the choices of this one. */
export function repeated(found: Export): NewExportSearch {
  const runs = chosenRunsOf(found);
  return {
    ...(found.export_type === 'index' ? { index: found.target_id, ...(runs.length > 0 ? { runs } : {}) } : { run: found.target_id }),
    format: found.format,
    ...(found.include_embeddings ? { embeddings: true as const } : {}),
    ...(found.result_scope === 'matches' ? { scope: 'matches' as const } : {}),
    ...(found.destination_connector_id === null ? {} : { connector: found.destination_connector_id }),
    ...(found.destination_subpath === null ? {} : { path: found.destination_subpath }),
  };
}
