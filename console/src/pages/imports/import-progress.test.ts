import { expect, test } from 'vitest';

import { canRetry, isListing, isRetryHopeful, markOf, notBegunFiles, paceOf, shareOf, stateOf } from './import-progress';
import type { ImportJob } from './queries';

const progress = {
  total_files: 0,
  imported: 0,
  failed: 0,
  skipped: 0,
  bytes_transferred: 0,
  current_file: null,
  parts_total: 0,
  parts_completed: 0,
  parts_failed: 0,
};

function job(fields: Partial<Omit<ImportJob, 'progress'>>, counters: Partial<typeof progress> = {}): ImportJob {
  const base = { source_kind: 'connector', status: 'importing', is_listed: true, skipped_files: [], files_per_second: null, seconds_left: null };
  return { ...base, ...fields, progress: { ...progress, ...counters } } as ImportJob;
}

test('skipped and failed files count as done', () => {
  expect(shareOf(job({}, { total_files: 10, imported: 2, failed: 1, skipped: 2 }))).toBe(0.5);
});

test('the share is unknown while the store is listed', () => {
  const counters = { total_files: 300, imported: 3 };
  expect(shareOf(job({ status: 'scanning', is_listed: false }, counters))).toBeNull();
  expect(shareOf(job({ status: 'importing', is_listed: false }, counters))).toBeNull();
  expect(stateOf(job({ status: 'importing', is_listed: false }, counters))).toBe('Importing');
  expect(shareOf(job({ status: 'scanning' }, counters))).toBe(0.01);
  expect(stateOf(job({ status: 'scanning' }, counters))).toBe('Importing, 1 %');
  expect(shareOf(job({}, { total_files: 1 }))).toBeNull();
  expect(shareOf(job({}, { total_files: 1, parts_total: 4, parts_completed: 1 }))).toBe(0.25);
});

test('a retry lists nothing, also before its first file ends', () => {
  expect(isListing(job({ status: 'scanning' }, { total_files: 14 }))).toBe(false);
  expect(isListing(job({ status: 'pending', is_listed: false }))).toBe(false);
  expect(isListing(job({ status: 'scanning', is_listed: false }))).toBe(true);
});

test('a completed import with failures is marked', () => {
  expect(markOf(job({ status: 'completed' }, { total_files: 2, failed: 1 }))).toBe('failed');
  expect(stateOf(job({ status: 'completed' }, { total_files: 2, failed: 1 }))).toBe('Completed with failures');
  expect(markOf(job({ status: 'completed' }, { total_files: 2, imported: 2 }))).toBe('ready');
});

test('an import whose store was not listed to its end is no success, and can be retried', () => {
  const partial = job({ status: 'completed', phase: 'completed_with_failures' }, { total_files: 90, imported: 90 });
  expect([markOf(partial), stateOf(partial), canRetry(partial)]).toEqual(['failed', 'Completed with failures', true]);
});

test('an import almost at its end does not say 100 %', () => {
  expect(stateOf(job({}, { total_files: 1000, imported: 999 }))).toBe('Importing, 99 %');
});

test('rate and time left are said as far as they are known', () => {
  expect(paceOf(job({}))).toBe('');
  expect(paceOf(job({ files_per_second: 61.27, seconds_left: 90 }))).toBe('61 files a second, 1 min 30 s left');
  expect(paceOf(job({ status: 'completed', files_per_second: 0.034, seconds_left: 0 }))).toBe('0.034 files a second');
});

test('what failed can be retried once the import has ended, unless it was uploaded', () => {
  expect(canRetry(job({}, { failed: 1 }))).toBe(false);
  expect(canRetry(job({ status: 'completed' }, { failed: 1 }))).toBe(true);
  expect(canRetry(job({ status: 'completed' }))).toBe(false);
  expect(canRetry(job({ status: 'cancelled' }))).toBe(true);
  expect(canRetry(job({ status: 'failed', source_kind: 'upload' }, { failed: 1 }))).toBe(false);
});

test('files that a cancellation left are no work that is done', () => {
  const cancelled = job({ status: 'cancelled', import_mode: 'all' }, { total_files: 10, imported: 2, skipped: 8 });
  expect([notBegunFiles(cancelled), shareOf(cancelled)]).toEqual([8, 0.2]);
  expect(shareOf(job({ status: 'cancelled' }))).toBe(0);
});

test('files that were imported before differ from those that a cancellation left', () => {
  const skipped_files = [
    { path: 'a', reason: 'already_imported' },
    { path: 'b', reason: 'cancelled' },
  ];
  const fields = { status: 'cancelled', import_mode: 'new_only', skipped_files } as const;
  expect(notBegunFiles(job(fields, { skipped: 2 }))).toBe(1);
  expect(notBegunFiles(job(fields, { skipped: 200 }))).toBeNull();
  expect(notBegunFiles(job({ ...fields, status: 'completed' }, { skipped: 2 }))).toBe(0);
});

test('a retry is hopeless if each failure says that it would happen again', () => {
  const failure = { code: 'unsupported_format', message: 'No.', stage: 'probe', retryable: false };
  const failed = (retryable: boolean) => ({ failure: { ...failure, retryable } }) as unknown as ImportJob['failed_files'][number];
  const ended = (files: ImportJob['failed_files'], count: number) => job({ status: 'failed', failed_files: files }, { failed: count });
  expect(isRetryHopeful(ended([failed(false)], 1))).toBe(false);
  expect(isRetryHopeful(ended([failed(false), failed(true)], 2))).toBe(true);
  expect(isRetryHopeful(ended([failed(false)], 300))).toBe(true);
  expect(isRetryHopeful(ended([], 0))).toBe(true);
});
