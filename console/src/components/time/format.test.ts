import { expect, test } from 'vitest';

import { formatSeconds } from './format';

test.each([
  [0, '0:00'],
  [9.99, '0:09'],
  [75, '1:15'],
  [3600, '1:00:00'],
  [7325, '2:02:05'],
  [-1, '0:00'],
])('%s seconds are %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
