import { expect, test } from 'vitest';

import { levelOf, nextStart, pageSize, type StoreFile, wayTo } from './store-level';

function file(path: string): StoreFile {
  return { path, name: path.split('/').at(-1) ?? '', size_bytes: 1, last_modified: '2026-01-01T00:00:00Z', content_type: null, extension: '', problem: null };
}

test('a level has each folder once, and its own files', () => {
  const level = levelOf('a/', ['a/b/1', 'a/b/2', 'a/c', 'a/d/e/f'].map(file));
  expect(level.map((entry) => (entry.kind === 'folder' ? entry.path : entry.file.path))).toEqual(['a/b/', 'a/d/', 'a/c']);
});

test('a file whose folder cannot be opened stays on the level', () => {
  const level = levelOf('a/', ['a//1', 'a/b/2', 'a/../c/3'].map(file));
  expect(level.map((entry) => (entry.kind === 'folder' ? entry.path : entry.file.path))).toEqual(['a/b/', 'a//1', 'a/../c/3']);
});

test('a full page that ends within a folder passes over its rest', () => {
  const full = (path: string) => [...Array.from({ length: pageSize - 1 }, (_, number) => file(`a/${number}`)), file(path)];
  expect(nextStart('a/', full('a/z/1'))).toBe('a/z/\uFFFD');
  expect(nextStart('a/', full('a/z'))).toBe('a/z');
  expect(nextStart('a/', [file('a/z')])).toBeUndefined();
  expect(nextStart('a/', [])).toBeUndefined();
});

test('the way to a folder names each folder on it', () => {
  expect(wayTo('a/b c/')).toEqual([
    { path: 'a/', name: 'a' },
    { path: 'a/b c/', name: 'b c' },
  ]);
  expect(wayTo('')).toEqual([]);
});
