import { expect, test } from 'vitest';

import { namedPicture, pictureSearchOf } from './picture/picture-search';
import { searchAddressOf } from './search-address';

test('an address keeps what it can use', () => {
  const condition = { field: 'a', type: 'string', operator: 'equals', value: 'x' };
  const search = { q: 42, index: 'idx_1', run: '', picture: null, filter: [condition, 1], show: 'moments', marker: 'green', other: 'x' };
  expect(searchAddressOf(search)).toEqual({ q: '42', index: 'idx_1', filter: [condition], show: 'moments', marker: 'green' });
  expect(searchAddressOf({ q: '', show: 'media', filter: 'x', marker: 'pink' })).toEqual({});
});

test('a picture of a segment is named by its link, a file by this tab only', () => {
  expect(pictureSearchOf({ segmentId: 'seg_1' })).toEqual({ picture: 'segment:seg_1' });
  expect(namedPicture('segment:seg_1')).toEqual({ kind: 'segment', segmentId: 'seg_1' });
  const file = new Blob(['x']);
  expect(namedPicture(pictureSearchOf({ file }).picture)).toEqual({ kind: 'file', file });
  expect(namedPicture('tab:unknown')).toEqual({ kind: 'missing' });
  expect(namedPicture(undefined)).toBeNull();
});
