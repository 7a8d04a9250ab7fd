import { expect, test } from 'vitest';

import { mergedValues } from './merged-values';

test('counts of one value add up, whatever its case', () => {
  const values = [
    { value: 'Street', results: 2 },
    { value: 'kitchen', results: 3 },
    { value: 'STREET', results: 2 },
    { value: 7, results: 1 },
  ];
  expect(mergedValues(values)).toEqual(['Street', 'kitchen', '7']);
});
