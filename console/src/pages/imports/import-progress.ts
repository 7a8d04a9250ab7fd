import type { Status } from '@/components/ui/feedback/status-mark';
import { formatDuration } from '@/pages/runs/duration';
import { words } from '@/words/en';

import type { ImportStatus } from './imports-search';
import { hasEnded, type ImportJob } from './queries';

type Counted = Pick<ImportJob, 'status' | 'phase' | 'progress' | 'is_listed'>;
type Skips = Pick<ImportJob, 'status' | 'import_mode' | 'progress' | 'skipped_files'>;

/** Return the number of files whose outcome is known. */
export function endedFiles({ progress: { imported, failed, skipped } }: Pick<ImportJob, 'progress'>): number {
  return imported + failed + skipped;
}

/**
 * Return how many files a cancellation left out. The server counts them with the files that were imported before, and
 * names the reasons of the first skipped files. Null: it does not tell them apart.
 */
export function notBegunFiles({ status, import_mode: mode, progress, skipped_files: named }: Skips): number | null {
  if (status !== 'cancelled') return 0;
  if (mode !== 'new_only') return progress.skipped;
  return named.length < progress.skipped ? null : named.filter(({ reason }) => reason === 'cancelled').length;
}

/** Return whether the store is still listed, so that the number of files grows. */
export function isListing({ status, is_listed: isListed }: Pick<Counted, 'status' | 'is_listed'>): boolean {
  return status !== 'pending' && !isListed;
}

/** Return how much of an import is done, 0 to 1. Null: the amount of work is not known yet. */
export function shareOf(job: Counted & Skips): number | null {
  if (job.status === 'cancelled') return shareBeforeCancellation(job);
  if (['completed', 'failed'].includes(job.status)) return 1;
  const { total_files: files, parts_total: parts, parts_completed: made, parts_failed: lost } = job.progress;
  if (isListing(job) || files === 0) return null;
  if (files === 1) return parts > 1 ? (made + lost) / parts : null;
  return endedFiles(job) / files;
}

function shareBeforeCancellation(job: Skips): number {
  const { progress } = job;
  const left = notBegunFiles(job) ?? progress.skipped;
  return progress.total_files === 0 ? 0 : (endedFiles(job) - left) / progress.total_files;
}

/** Return whether some files have failed, or parts of them, or the store was not listed to its end. */
function hasFailures({ progress, phase }: Pick<ImportJob, 'progress' | 'phase'>): boolean {
  return progress.failed + progress.parts_failed > 0 || phase === 'completed_with_failures';
}

export function markOf(job: Counted): Status {
  switch (job.status) {
    case 'pending':
      return 'waiting';
    case 'completed':
      return hasFailures(job) ? 'failed' : 'ready';
    case 'failed':
    case 'cancelled':
      return 'failed';
    default:
      return 'working';
  }
}

/** Say the state of an import, such as `Importing, 40 %`. */
export function stateOf(job: Counted & Skips): string {
  const share = shareOf(job);
  if (job.status === 'completed' && hasFailures(job)) return words.imports.completedWithFailures;
  const status = job.status === 'scanning' && !isListing(job) ? 'importing' : job.status;
  const state = words.imports.statuses[status as ImportStatus];
  return status === 'importing' && share !== null ? words.imports.progress(state, Math.floor(share * 100)) : state;
}

/** Say how fast an import is and how long it still takes, as far as the server knows. */
export function paceOf(job: ImportJob): string {
  const { files_per_second: rate, seconds_left: left } = job;
  const parts: string[] = [];
  if (rate !== null && rate > 0) parts.push(words.imports.rate(formatRate(rate)));
  if (!hasEnded(job) && left !== null) parts.push(words.imports.left(formatDuration(left)));
  return parts.join(', ');
}

/** Write a rate with two digits that count. */
function formatRate(rate: number): string {
  return rate.toLocaleString(undefined, { maximumSignificantDigits: rate < 100 ? 2 : 3 });
}

/** Return whether a retry can help: something failed or was left out, and the server can still fetch it. */
export function canRetry(job: ImportJob): boolean {
  if (!hasEnded(job) || job.source_kind === 'upload') return false;
  return job.progress.failed > 0 || job.phase === 'completed_with_failures' || job.status === 'cancelled' || (job.status === 'failed' && job.source_kind === 'connector');
}

/** Return whether files that failed can be fetched from other addresses. */
export function takesNewAddresses(job: ImportJob): boolean {
  return job.source_kind === 'attachments' && job.progress.failed > 0 && canRetry(job);
}

/** Return whether a retry is likely to help. It is not if each failure says that it would happen again. */
export function isRetryHopeful({ status, failed_files: named, progress }: ImportJob): boolean {
  const areAllNamed = named.length > 0 && named.length === progress.failed;
  return status === 'cancelled' || !areAllNamed || named.some(({ failure }) => failure?.retryable === true);
}
