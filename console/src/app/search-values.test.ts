import { expect, test } from 'vitest';

import { present, textOf } from './search-values';

test('texts of an address may look like other values', () => {
  expect(['words', 42, true, '', null, ['a'], undefined].map(textOf)).toEqual(['words', '42', 'true', undefined, undefined, undefined, undefined]);
});

test('fields without a value are left out', () => {
  expect(present({ a: 'x', b: undefined, c: false })).toEqual({ a: 'x', c: false });
});
