import { expect, test } from 'vitest';

import { previewOf } from './preview-files';

function file(path: string, size = 10) {
  const name = path.split('/').at(-1) ?? path;
  const extension = name.includes('.') ? `.${name.split('.').at(-1) ?? ''}` : '';
  return { path, name, size_bytes: size, last_modified: '2026-01-01T00:00:00Z', content_type: null, extension, problem: null };
}

test('what the pattern does not take is left out', () => {
  const all = [file('a/one.mp4'), file('a/notes.txt'), file('a/two.mp4', 30)];
  const found = previewOf([{ all, taken: [file('a/one.mp4'), file('a/two.mp4', 30)] }]);
  expect(found.leftOut.map(({ path }) => path)).toEqual(['a/notes.txt']);
  expect([found.files.length, found.bytes, found.largest, found.seen]).toEqual([2, 40, 30, 3]);
});

test('a file of two looks counts once', () => {
  const first = { all: [file('a.mp4')], taken: [file('a.mp4'), file('z.mp4')] };
  const second = { all: [file('z.mp4')], taken: [file('z.mp4')] };
  const found = previewOf([first, second]);
  expect([found.files.length, found.leftOut.length, found.seen]).toEqual([2, 0, 2]);
});

test('files whose keys cannot be read are named, and not as doubtful', () => {
  const files = [file('a/film.mkv'), { ...file('a//README'), problem: 'invalid_name' as const }];
  const found = previewOf([{ all: files, taken: files }]);
  expect([found.files.length, found.doubtful]).toEqual([2, []]);
  expect(found.unreadable.map(({ path }) => path)).toEqual(['a//README']);
});

test('files that do not look like media are named', () => {
  const files = [file('film.mkv'), file('notes.txt'), file('README')];
  expect(previewOf([{ all: files, taken: files }]).doubtful.map(({ path }) => path)).toEqual(['notes.txt', 'README']);
});
