import { expect, test } from 'vitest';

import { compared, differences, mostOverlapping } from './comparison';
import { fieldSchema, nameInWords, orderedNames, parsedSchema } from './field-schema';
import { leavesOf } from './json-value';

test('the leaves of a result have paths', () => {
  expect(leavesOf({ a: 1, list: [{ b: null }, 'c'], none: [], empty: {} })).toEqual([
    { path: 'a', value: 1 },
    { path: 'list[0].b', value: null },
    { path: 'list[1]', value: 'c' },
    { path: 'none', value: null },
    { path: 'empty', value: null },
  ]);
  expect(leavesOf({})).toEqual([]);
});

test('a comparison marks values that differ or are missing', () => {
  const rows = compared({ same: 'x', other: 1, list: ['a', 'b'] }, { same: 'x', other: 2, list: ['a'], more: true });
  expect(rows.map(({ path, left, right, differs }) => [path, left, right, differs])).toEqual([
    ['same', 'x', 'x', false],
    ['other', 1, 2, true],
    ['list[0]', 'a', 'a', false],
    ['list[1]', 'b', undefined, true],
    ['more', undefined, true, true],
  ]);
});

test('texts differ by words', () => {
  const [left, right] = differences('a red cat sleeps', 'a black cat sleeps well');
  expect(left).toEqual([
    { text: 'a ', differs: false },
    { text: 'red ', differs: true },
    { text: 'cat sleeps', differs: false },
  ]);
  expect(right.map(({ text, differs }) => [text, differs])).toEqual([
    ['a ', false],
    ['black ', true],
    ['cat sleeps ', false],
    ['well', true],
  ]);
});

test('equal texts have no difference, and very long ones differ as a whole', () => {
  expect(differences('same', 'same')[0]).toEqual([{ text: 'same', differs: false }]);
  const long = 'word '.repeat(500);
  expect(differences(long, 'word')[0]).toEqual([{ text: long, differs: true }]);
});

test('a segment is compared with the one that shares most of its time', () => {
  const spans = [0, 10, 20].map((start) => ({ start_time: start, end_time: start + 10 }));
  expect(mostOverlapping(spans, 8, 15)).toBe(1);
  expect(mostOverlapping(spans, 40, 50)).toBe(-1);
  expect(mostOverlapping([{ start_time: 0, end_time: 0 }], 0, 0)).toBe(0);
});

test('fields are in the order of the schema, others follow', () => {
  const schema = fieldSchema(parsedSchema('{"properties": {"b": {"description": "B"}, "a": {}}}') ?? {});
  expect(orderedNames({ x: 1, a: 2, b: 3 }, schema)).toEqual(['b', 'a', 'x']);
  expect(fieldSchema(schema.properties.b).description).toBe('B');
  expect(parsedSchema('no JSON')).toBeNull();
  expect(parsedSchema('[1]')).toBeNull();
});

test.each([
  ['text_on_screen', 'Text on screen'],
  ['peopleCount', 'People count'],
  ['__', '__'],
  ['URL', 'URL'],
])('%s is %s', (name, words) => {
  expect(nameInWords(name)).toBe(words);
});
