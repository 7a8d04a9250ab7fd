import { expect, test } from 'vitest';

import { folderBelow } from './store-folders';

test.each([
  ['a/b/1', 'a/', 'b'],
  ['a/1', 'a/', null],
  ['a/..b/1', 'a/', '..b'],
  ['a//1', '', 'a'],
  ['a//1', 'a/', null],
  ['/1', '', null],
  ['a/../1', 'a/', null],
  ['a/x\ty/1', 'a/', null],
])('the folder of %j below %j is %j', (path, prefix, folder) => {
  expect(folderBelow(prefix, { path })).toBe(folder);
});
