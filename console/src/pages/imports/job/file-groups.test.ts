import { expect, test } from 'vitest';

import type { SourceFile } from '@/pages/imports/queries';

import { failureGroups, failureLines, ownMessage } from './file-groups';

function failed(name: string, failure: SourceFile['failure']): SourceFile {
  return {
    file_id: name,
    file_name: name,
    path: name,
    source_ordinal: 0,
    status: 'failed',
    part_count: null,
    parts_completed: null,
    parts_failed: null,
    failure,
    skip_reason: null,
  };
}

const noMedium = { code: 'media_invalid', message: 'The file is no medium.', stage: 'probe', retryable: false };
const gone = { code: 'not_found', message: 'a.mp4 is gone.', stage: 'fetch', retryable: true };

test('files of one reason are one group, the most frequent first', () => {
  const groups = failureGroups([failed('a', gone), failed('b', noMedium), failed('c', noMedium)]);
  expect(groups.map(({ code, files, isRetryable }) => [code, files.length, isRetryable])).toEqual([
    ['media_invalid', 2, false],
    ['not_found', 1, true],
  ]);
});

test('a list has each reason before its files', () => {
  const lines = failureLines(failureGroups([failed('a', noMedium), failed('b', gone), failed('c', noMedium)]));
  expect(lines.map((line) => (line.kind === 'group' ? line.group.code : line.file.file_name))).toEqual(['media_invalid', 'a', 'c', 'not_found', 'b']);
});

test('a file repeats only a sentence of its own', () => {
  const other = { ...gone, message: 'b.mp4 is gone.' };
  const groups = failureGroups([failed('a', gone), failed('b', other)]);
  expect(groups.flatMap((group) => group.files.map((file) => ownMessage(file, group)))).toEqual([null, 'b.mp4 is gone.']);
});

test('a failure without a reason has a group', () => {
  expect(failureGroups([failed('a', null)])).toMatchObject([{ code: null, message: null }]);
});
