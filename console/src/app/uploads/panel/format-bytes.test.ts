import { expect, it } from 'vitest';

import { formatBytes } from './format-bytes';

it('writes sizes with their unit', () => {
  expect(formatBytes(0)).toBe('0 B');
  expect(formatBytes(999_499)).toBe('999 kB');
  expect(formatBytes(999_500)).toBe('1 MB');
  expect(formatBytes(1_400_000_000)).toBe('1.4 GB');
});
