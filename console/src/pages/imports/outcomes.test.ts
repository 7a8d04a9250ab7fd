import { expect, test } from 'vitest';

import { outcomesOf } from './outcomes';
import type { ImportJob } from './queries';

function textsOf(status: string, counters: Partial<ImportJob['progress']>, fields: Partial<ImportJob> = {}) {
  const progress = { total_files: 0, imported: 0, failed: 0, skipped: 0, ...counters };
  return outcomesOf({ status, skipped_files: [], ...fields, progress } as unknown as ImportJob).map(({ text }) => text);
}

test('an import that has ended names the outcomes that occurred', () => {
  expect(textsOf('failed', { total_files: 1, failed: 1 })).toEqual(['1 failed']);
  expect(textsOf('completed', { total_files: 4, imported: 1, failed: 1, skipped: 2 })).toEqual(['1 file imported', '1 failed', '2 skipped']);
  expect(textsOf('completed', {})).toEqual(['0 files imported']);
});

test('an import under way says how many files have ended', () => {
  expect(textsOf('importing', { total_files: 10, imported: 2, failed: 1 })).toEqual(['3 of 10 files', '1 failed']);
  expect(textsOf('importing', { total_files: 10, failed: 1 })).toEqual(['1 of 10 files', '1 failed']);
});

test('a cancelled import says how many files were not begun', () => {
  expect(textsOf('cancelled', { total_files: 10, imported: 2, skipped: 8 })).toEqual(['2 files imported', '8 not begun']);
  expect(textsOf('cancelled', { total_files: 300, skipped: 300 }, { import_mode: 'new_only' })).toEqual(['300 skipped or not begun']);
});
