import type { Models } from '@/api/client';

/** A field that conditions can use, as the API lists it. */
export type SearchField = Models['SearchField'];
type FieldType = SearchField['type'];
type ConditionValue = string | number | boolean;

/** A condition as the address and the API have it. `value` is absent where the operator needs none. */
export interface Condition {
  field: string;
  type: FieldType;
  operator: string;
  value?: ConditionValue;
}

/** A condition that is being built. `text` is what its value's input holds. */
export interface Draft {
  field: string;
  type: FieldType;
  operator: string;
  text: string;
}

/** The API accepts at most this number of conditions. */
export const maxConditions = 4;

const withoutValue = new Set(['is_empty', 'is_not_empty']);
const ofLength = new Set(['length_equals', 'length_greater', 'length_less']);
const types: readonly string[] = ['string', 'integer', 'number', 'boolean', 'array'] satisfies FieldType[];

export function needsValue(operator: string): boolean {
  return !withoutValue.has(operator);
}

/** Return whether a value of the operator is typed as a number. */
export function takesNumber({ type, operator }: Pick<Draft, 'type' | 'operator'>): boolean {
  return ofLength.has(operator) || type === 'integer' || type === 'number';
}

/** Begin a condition on a field with the first operator of its type. */
export function draftOf(field: SearchField): Draft {
  const operator = field.operators[0] ?? 'equals';
  return { field: field.field, type: field.type, operator, text: field.type === 'boolean' ? 'true' : '' };
}

/** Return the condition of a draft, or null while its value is missing or not of its type. */
export function conditionOf({ field, type, operator, text }: Draft): Condition | null {
  if (!needsValue(operator)) return { field, type, operator };
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (type === 'boolean') return { field, type, operator, value: trimmed === 'true' };
  if (!takesNumber({ type, operator })) return { field, type, operator, value: text };
  const number = Number(trimmed);
  const whole = type === 'integer' || ofLength.has(operator);
  if (!Number.isFinite(number) || (whole && !Number.isSafeInteger(number)) || (ofLength.has(operator) && number < 0)) {
    return null;
  }
  return { field, type, operator, value: number };
}

/** Return the draft that shows a condition. */
export function draftOfCondition({ field, type, operator, value }: Condition): Draft {
  return { field, type, operator, text: value === undefined ? '' : String(value) };
}

/** Return the text of a value for another operator: a text of a number is kept only where it is one. */
export function withOperator(draft: Draft, operator: string): Draft {
  const keepsText = takesNumber(draft) === takesNumber({ type: draft.type, operator });
  return { ...draft, operator, text: keepsText && needsValue(operator) ? draft.text : '' };
}

/** Read the conditions of an address. What is no condition is left out; the server checks the rest. */
export function conditionsOf(value: unknown): Condition[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => conditionFrom(each)).slice(0, maxConditions);
}

function conditionFrom(value: unknown): Condition[] {
  if (typeof value !== 'object' || value === null) return [];
  const { field, type, operator, value: wanted } = value as Record<string, unknown>;
  if (typeof field !== 'string' || field === '' || typeof operator !== 'string' || !isType(type)) return [];
  if (!needsValue(operator)) return [{ field, type, operator }];
  if (typeof wanted !== 'string' && typeof wanted !== 'number' && typeof wanted !== 'boolean') return [];
  return [{ field, type, operator, value: wanted }];
}

function isType(value: unknown): value is FieldType {
  return typeof value === 'string' && types.includes(value);
}

/** Return whether two lists of conditions are the same. */
export function sameConditions(one: readonly Condition[], other: readonly Condition[]): boolean {
  return JSON.stringify(one.map(ordered)) === JSON.stringify(other.map(ordered));
}

function ordered({ field, type, operator, value }: Condition): unknown[] {
  return [field, type, operator, value];
}
