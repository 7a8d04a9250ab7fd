import { expect, test } from 'vitest';

import { ApiProblem } from '@/api/problem';

import { fieldErrorsOf, standsAtFields } from './field-errors';

const problem = new ApiProblem('The request is invalid.', 422, 'invalid_request', 'req_1', [
  { field: 'name', message: 'is blank' },
  { field: 'scopes[0]', message: 'is none' },
  { field: 'scopes[1]', message: 'is none either' },
]);

test('the first error of a field stands at it', () => {
  expect(fieldErrorsOf(problem)).toEqual({ name: 'Is blank', scopes: 'Is none' });
  expect(fieldErrorsOf(new Error('other'))).toEqual({});
});

test('an error of no field of the form needs a notice', () => {
  expect(standsAtFields(problem, ['name', 'scopes'])).toBe(true);
  expect(standsAtFields(problem, ['name'])).toBe(false);
  expect(standsAtFields(new Error('other'), ['name'])).toBe(false);
});
