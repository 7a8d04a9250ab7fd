/** The fields of a body as rows of a table. */
import { resolved, type OpenApi, type Schema } from './openapi.ts';

export interface FieldRow {
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

const deepest = 4;
const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'object',
  array: 'list',
  null: 'null',
};

/** Return the fields of a schema, with those of the objects in it: `target.type`, `conditions[].field`. */
export function fieldsOf(schema: Schema, document: OpenApi, prefix = '', seen: readonly string[] = []): FieldRow[] {
  const names = [...seen, ...(schema.$ref ? [schema.$ref] : [])];
  const found = resolved(schema, document);
  if (found.type === 'array' && found.items) return fieldsOf(found.items, document, `${prefix}[]`, names);
  return Object.entries(found.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const row = {
      path,
      type: typeOf(field, document),
      isRequired: found.required?.includes(name) ?? false,
      description: descriptionOf(field, document),
    };
    const inside = objectIn(field, document);
    const isOpen = inside && path.split('.').length < deepest && !(inside.$ref && names.includes(inside.$ref));
    const suffix = isListOf(field, document) ? '[]' : '';
    return isOpen ? [row, ...fieldsOf(inside, document, `${path}${suffix}`, names)] : [row];
  });
}

function branches(schema: Schema): readonly Schema[] {
  return schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [schema];
}

function isListOf(schema: Schema, document: OpenApi): boolean {
  return branches(schema).some((each) => resolved(each, document).type === 'array');
}

/** Return the object that a field holds, or whose list it holds. */
function objectIn(schema: Schema, document: OpenApi): Schema | undefined {
  for (const branch of branches(schema)) {
    const found = resolved(branch, document);
    const item = found.type === 'array' ? found.items : branch;
    if (item && resolved(item, document).properties) return item;
  }
  return undefined;
}

export function typeOf(schema: Schema, document: OpenApi): string {
  const parts = branches(schema).map((each) => oneType(each, document));
  return [...new Set(parts)].join(' or ');
}

function oneType(schema: Schema, document: OpenApi): string {
  const found = resolved(schema, document);
  if (found.anyOf ?? found.oneOf) return typeOf(found, document);
  if (found.const !== undefined) return `\`${JSON.stringify(found.const)}\``;
  if (found.enum) return found.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (found.type === 'array') return `list of ${found.items ? typeOf(found.items, document) : 'values'}`;
  if (found.format === 'binary') return 'file';
  return typeNames[found.type ?? 'object'] ?? found.type ?? 'value';
}

function descriptionOf(schema: Schema, document: OpenApi): string {
  const text = schema.description ?? branches(schema).map((each) => resolved(each, document).description).find(Boolean);
  const limits = limitsOf(branches(schema).map((each) => resolved(each, document)));
  const preset = schema.default === undefined || schema.default === null ? '' : `Default: \`${JSON.stringify(schema.default)}\`.`;
  return [firstParagraph(text ?? ''), limits, preset].filter(Boolean).join(' ');
}

function limitsOf(schemas: readonly Schema[]): string {
  const found = Object.assign({}, ...schemas) as Schema;
  const ranges = [
    range(found.minLength, found.maxLength, 'characters'),
    range(found.minItems, found.maxItems, 'items'),
    range(found.minimum, found.maximum, ''),
  ].filter(Boolean);
  return ranges.length > 0 ? `${ranges.join(', ')}.` : '';
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return '';
  const words = least === undefined ? `At most ${most}` : most === undefined ? `At least ${least}` : `${least} to ${most}`;
  return unit ? `${words} ${unit}` : words;
}

export function firstParagraph(text: string): string {
  return (text.split('\n\n')[0] ?? '').replace(/\s+/g, ' ').replaceAll('``', '`').trim();
}
