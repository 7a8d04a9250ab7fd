import { expect, test } from 'vitest';

import { importsSearchOf, newImportSearchOf } from './imports-search';

test('a link to the imports of an automation keeps its filters', () => {
  expect(importsSearchOf({ status: 'failed', index: 'idx_1', automatic: true })).toEqual({ status: 'failed', index: 'idx_1', automatic: true });
});

test('values that nobody writes are left out', () => {
  expect(importsSearchOf({ status: 'lost', index: ['idx_1'], automatic: false })).toEqual({});
  expect(newImportSearchOf({ mode: 'some', flat: 'no', prefix: '' })).toEqual({});
});

test('a prefix that looks like a number is a text', () => {
  expect(newImportSearchOf({ connector: 'con_1', prefix: 2024, pattern: '*.mp4', flat: true, mode: 'new_only' })).toEqual({
    connector: 'con_1',
    prefix: '2024',
    pattern: '*.mp4',
    flat: true,
    mode: 'new_only',
  });
});
