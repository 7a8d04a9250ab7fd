import { expect, test } from 'vitest';

import { mostInMemory, wayOf } from './way';

test('a link of the server goes before everything else', () => {
  expect(wayOf({ link: 'https://videos.example/x', size: 10 * mostInMemory, canStream: true })).toBe('link');
});

test.each([
  { size: mostInMemory, canStream: true, way: 'memory' },
  { size: mostInMemory + 1, canStream: true, way: 'stream' },
  { size: mostInMemory + 1, canStream: false, way: 'none' },
  { size: null, canStream: true, way: 'stream' },
  { size: null, canStream: false, way: 'none' },
])('without a link, $size bytes come by $way', ({ size, canStream, way }) => {
  expect(wayOf({ link: null, size, canStream })).toBe(way);
});
