import { expect, test } from 'vitest';

import { addField, moveField, removeField, renameField, setChoices, setDescription, setItemType, setNullable, setRequired, setType } from './edits';
import { freeName, nameProblem } from './field-names';
import { fieldsOf, otherRootKeywords } from './fields';
import type { JsonObject } from './json-schema';
import { readJson } from './json-lines';
import { schemaProblem } from './schema-problem';

const schema: JsonObject = {
  type: 'object',
  $defs: { money: { type: 'number' } },
  properties: {
    title: { type: 'string', description: 'A title', maxLength: 80 },
    people: {
      type: 'array',
      items: { type: 'object', properties: { name: { type: 'string' }, age: { type: ['integer', 'null'] } }, required: ['name'] },
      minItems: 1,
    },
    mood: { type: 'string', enum: ['calm', 'tense'] },
    price: { $ref: '#/$defs/money' },
    both: { anyOf: [{ type: 'string' }, { type: 'number' }] },
  },
  required: ['title', 'price'],
};

test('fields of a schema are listed in its order with their depth', () => {
  const rows = fieldsOf(schema).map(({ path, type, itemType, required, nullable }) => [path.join('/'), type, itemType, required, nullable]);
  expect(rows).toEqual([
    ['title', 'string', null, true, false],
    ['people', 'list', 'object', false, false],
    ['people/name', 'string', null, true, false],
    ['people/age', 'integer', null, false, true],
    ['mood', 'string', null, false, false],
    ['price', null, null, true, false],
    ['both', null, null, false, false],
  ]);
});

test('what the form cannot show is named', () => {
  const byName = Object.fromEntries(fieldsOf(schema).map((field) => [field.name, field.otherKeywords]));
  expect(byName).toMatchObject({ title: ['maxLength'], people: ['minItems'], price: ['$ref'], both: ['anyOf'] });
  expect(otherRootKeywords(schema)).toEqual(['$defs']);
});

test('an edit changes its field and nothing else', () => {
  const changed = setDescription(schema, ['people', 'age'], 'In years');
  expect(fieldsOf(changed).find(({ name }) => name === 'age')?.description).toBe('In years');
  expect(setDescription(changed, ['people', 'age'], '')).toEqual(schema);
  expect(setNullable(setNullable(schema, ['mood'], true), ['mood'], false)).toEqual(schema);
  expect(setRequired(setRequired(schema, ['mood'], true), ['mood'], false)).toEqual(schema);
});

test('a renamed field keeps its place and stays required', () => {
  const changed = renameField(schema, ['title'], 'headline');
  expect(Object.keys(changed.properties as JsonObject)).toEqual(['headline', 'people', 'mood', 'price', 'both']);
  expect(changed.required).toEqual(['headline', 'price']);
  expect(renameField(changed, ['headline'], 'title')).toEqual(schema);
});

test('fields move, come and go below objects and lists', () => {
  expect(fieldsOf(moveField(schema, ['people', 'age'], -1)).map(({ name }) => name).slice(2, 4)).toEqual(['age', 'name']);
  expect(moveField(schema, ['title'], -1)).toEqual(schema);
  const added = addField(schema, ['people'], 'role');
  expect(fieldsOf(added).map(({ path }) => path.join('/'))).toContain('people/role');
  expect(removeField(added, ['people', 'role'])).toEqual(schema);
  const left = removeField(schema, ['title']);
  expect(left.required).toEqual(['price']);
});

test('a changed type drops the keywords of the former type', () => {
  expect((setType(schema, ['title'], 'integer').properties as JsonObject).title).toEqual({ type: 'integer', description: 'A title' });
  const list = setItemType(setType(schema, ['title'], 'list'), ['title'], 'object');
  expect((list.properties as JsonObject).title).toEqual({
    type: 'array',
    description: 'A title',
    items: { type: 'object', properties: {} },
  });
});

test('choices of a field that may be null contain null', () => {
  const changed = setChoices(setNullable(schema, ['title'], true), ['title'], ['a']);
  expect((changed.properties as JsonObject).title).toMatchObject({ type: ['string', 'null'], enum: ['a', null] });
  expect(fieldsOf(changed)[0]?.choices).toEqual(['a']);
});

test('a name such as __proto__ is a name like any other', () => {
  const parsed = readJson('{"type": "object", "properties": {"__proto__": {"type": "string"}}}').read?.value ?? {};
  expect(fieldsOf(renameField(parsed, ['__proto__'], 'proto')).map(({ name }) => name)).toEqual(['proto']);
  const back = renameField(renameField(parsed, ['__proto__'], 'proto'), ['proto'], '__proto__');
  expect(fieldsOf(back).map(({ name }) => name)).toEqual(['__proto__']);
  expect(fieldsOf(addField(parsed, [], 'x')).map(({ name }) => name)).toEqual(['__proto__', 'x']);
});

test.each([
  [' ', 'blank'],
  ['a.b', 'characters'],
  ['x'.repeat(101), 'long'],
  ['transcription', 'reserved'],
  ['mood', 'taken'],
  ['price_usd', null],
])('the name %j is %s', (name, problem) => {
  expect(nameProblem(name, [], ['mood'])).toBe(problem);
});

test('a free name is found beside its siblings', () => {
  expect(freeName('field', ['field', 'field_2'])).toBe('field_3');
});

test.each([
  ['{"a": 1,\n "b" 2}', { line: 2, column: 6, expected: ':' }],
  ['{"a": [1, 2\n}', { line: 2, column: 1, expected: ', ]' }],
  ['{"a": 1,}', { line: 1, column: 9, expected: 'a name in quotes' }],
  ['', { line: 1, column: 1, expected: 'a value' }],
  ['[1]', { line: 1, column: 1, expected: '{' }],
  ['{} x', { line: 1, column: 4, expected: 'the end' }],
  ['{"a": "open}', { line: 1, column: 7, expected: 'the end of the text' }],
  ['{"a": 01}', { line: 1, column: 8, expected: ', }' }],
])('%j stops being JSON at its place', (text, problem) => {
  expect(readJson(text).problem).toEqual(problem);
});

test('an error of the server is placed in both views', () => {
  const text = JSON.stringify(schema, null, 2);
  const lines = readJson(text).read?.lines ?? new Map<string, number>();
  const problem = schemaProblem('json_schema.properties.people.items.properties.age.type: is unknown', lines);
  expect(problem.field).toEqual(['people', 'age']);
  expect(text.split('\n')[(problem.line ?? 0) - 1]).toContain('"type"');
  expect(schemaProblem('json_schema.type: must be object', new Map([['', 1]]))).toMatchObject({ line: 1, field: null });
  expect(schemaProblem('Something else', lines)).toEqual({ message: 'Something else', line: null, field: null });
});
