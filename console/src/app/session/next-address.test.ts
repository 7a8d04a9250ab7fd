import { expect, test } from 'vitest';

import { nextAddressOf } from './next-address';

const origin = 'http://127.0.0.1:8000';

test.each(['/', '/search?q=a%20b', '/media/vid_1?t=3#x'])('%s stays', (next) => {
  expect(nextAddressOf(next, origin)).toBe(next);
});

test.each([
  'https://example.com/',
  '//example.com/',
  '/\\example.com',
  '/\t/example.com',
  '/\n//example.com',
  '/.//example.com',
  'javascript:alert(1)',
  'search',
  '',
  '/sign-in?next=/',
  7,
  undefined,
])('%j leads nowhere', (next) => {
  expect(nextAddressOf(next, origin)).toBeUndefined();
});
