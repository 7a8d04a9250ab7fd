import { expect, test } from 'vitest';

import { conditionOf, conditionsOf, draftOf, draftOfCondition, sameConditions, type SearchField, withOperator } from './conditions';

const field: SearchField = {
  field: 'people_count',
  type: 'integer',
  level: 'segment',
  label: 'People count',
  description: null,
  operators: ['equals', 'greater_than'],
  values: [],
  run_ids: [],
};

test('a draft becomes a condition once its value is of its type', () => {
  const draft = { ...draftOf(field), operator: 'greater_than' };
  expect(conditionOf(draft)).toBeNull();
  expect(conditionOf({ ...draft, text: '2.5' })).toBeNull();
  expect(conditionOf({ ...draft, text: ' 3 ' })).toEqual({ field: 'people_count', type: 'integer', operator: 'greater_than', value: 3 });
});

test('values have the type that the API expects', () => {
  const draft = { field: 'a', text: 'true' };
  expect(conditionOf({ ...draft, type: 'boolean', operator: 'equals' })?.value).toBe(true);
  expect(conditionOf({ ...draft, type: 'string', operator: 'equals' })?.value).toBe('true');
  expect(conditionOf({ field: 'a', text: '-1', type: 'array', operator: 'length_equals' })).toBeNull();
  expect(conditionOf({ field: 'a', text: '0', type: 'array', operator: 'length_equals' })?.value).toBe(0);
  expect(conditionOf({ ...draft, type: 'string', operator: 'is_empty' })).toEqual({ field: 'a', type: 'string', operator: 'is_empty' });
});

test('a value survives another operator only where it still fits', () => {
  const draft = { field: 'tags', type: 'array' as const, operator: 'item_equals', text: 'cat' };
  expect(withOperator(draft, 'item_contains').text).toBe('cat');
  expect(withOperator(draft, 'length_greater').text).toBe('');
  expect(withOperator(draft, 'is_empty').text).toBe('');
});

test('an address gives back its conditions and leaves out the rest', () => {
  const kept = [
    { field: 'a', type: 'string', operator: 'contains', value: 'x' },
    { field: 'b', type: 'array', operator: 'is_empty' },
  ];
  expect(conditionsOf([...kept, null, { field: 'c' }, { field: '', type: 'string', operator: 'equals', value: 'x' }])).toEqual(kept);
  expect(conditionsOf([{ field: 'a', type: 'date', operator: 'equals', value: 'x' }])).toEqual([]);
  expect(conditionsOf('x')).toEqual([]);
  expect(conditionsOf(kept).map(draftOfCondition).map(conditionOf)).toEqual(kept);
});

test('conditions are the same whatever the order of their parts', () => {
  const one = { field: 'a', type: 'string', operator: 'equals', value: 'x' } as const;
  expect(sameConditions([one], [{ value: 'x', operator: 'equals', type: 'string', field: 'a' }])).toBe(true);
  expect(sameConditions([one], [{ ...one, value: 'y' }])).toBe(false);
});
