import { expect, test } from 'vitest';

import { formatBytes } from './format';

test('bytes have a unit that keeps the number short', () => {
  expect([0, 999, 1500, 12_345, 999_600, 2_000_000_000].map(formatBytes)).toEqual(['0 B', '999 B', '1.5 kB', '12 kB', '1 MB', '2 GB']);
});
