import { expect, test } from 'vitest';

import type { Models } from '@/api/client';
import { ApiProblem } from '@/api/problem';

import { canRetryUpload, failureOf, failureOfJob, inPanelOrder, sumOf, type UploadItem } from './upload-item';

const item = (id: string, state: UploadItem['state'], parts: Partial<UploadItem> = {}): UploadItem => ({
  id,
  state,
  file: { name: id, size: 10, lastModified: 1, contentType: 'video/mp4' },
  title: null,
  label: id,
  indexId: null,
  sent: 0,
  ...parts,
});

test('failures stand first, then the newest', () => {
  const items = [item('a', 'done'), item('b', 'failed'), item('c', 'sending'), item('d', 'failed')];
  expect(inPanelOrder(items).map(({ id }) => id)).toEqual(['d', 'b', 'c', 'a']);
});

test('files that the server imports are not counted as uploads', () => {
  const items = [item('a', 'importing'), item('b', 'sending', { sent: 5 }), item('c', 'failed'), item('d', 'done')];
  expect(sumOf(items)).toEqual({ open: 1, importing: 1, failed: 1, share: 25 / 30 });
});

test.each([
  [0, true],
  [404, true],
  [413, false],
  [422, false],
  [429, true],
  [503, true],
])('a retry after the status %s is offered: %s', (status, offered) => {
  const failure = failureOf(new ApiProblem('No.', status, 'code'));
  expect(canRetryUpload(item('a', 'failed', { failure }))).toBe(offered);
});

test.each([
  [[], true],
  [[true], true],
  [[false], false],
])('a retry of an import whose files are retryable %j is offered: %s', (files, offered) => {
  const failed_files = files.map((retryable) => ({ failure: { retryable } }));
  const failure = failureOfJob({ status: 'failed', error_message: 'It is encrypted.', failed_files } as unknown as Models['ImportJob']);
  expect(failure.message).toBe('It is encrypted.');
  expect(canRetryUpload(item('a', 'failed', { failure }))).toBe(offered);
});
