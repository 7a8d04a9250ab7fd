import {
  container,
  type FieldPath,
  type FieldType,
  isObject,
  type ItemType,
  type JsonObject,
  propertiesOf,
  requiredNames,
  scalarTypes,
  typeNames,
} from './json-schema';

/** One field of a schema, as a row of the form. */
export interface SchemaField {
  path: FieldPath;
  name: string;
  /** Null for a field that only the JSON can show, such as a reference or a choice of schemas. */
  type: FieldType | null;
  /** The type of the elements, for a list. */
  itemType: ItemType | null;
  nullable: boolean;
  required: boolean;
  description: string;
  /** The allowed texts, for a text or a list of texts. Null: any text. */
  choices: string[] | null;
  /** Whether the field can have choices. */
  mayHaveChoices: boolean;
  /** Whether further fields can be added below. */
  mayHaveFields: boolean;
  /** Keywords that the form does not show. They stay in the JSON as they are. */
  otherKeywords: string[];
  position: number;
  siblings: number;
}

const shownKeywords = new Set(['type', 'description', 'enum', 'properties', 'required', 'items', 'additionalProperties', 'title']);
const shownRootKeywords = new Set(['type', 'properties', 'required', 'additionalProperties', 'description', 'title', '$schema']);

/** List the fields of a schema in the order of its properties, each followed by the fields below it. */
export function fieldsOf(schema: JsonObject, parent: FieldPath = []): SchemaField[] {
  const required = new Set(requiredNames(schema));
  const entries = Object.entries(propertiesOf(schema));
  return entries.flatMap(([name, value], position) => {
    const path = [...parent, name];
    const field = { ...describe(value), path, name, required: required.has(name), position, siblings: entries.length };
    const below = isObject(value) && field.mayHaveFields ? fieldsOf(container(value), path) : [];
    return [field, ...below];
  });
}

/** Return the keywords at the root that the form does not show. */
export function otherRootKeywords(schema: JsonObject): string[] {
  return Object.keys(schema).filter((keyword) => !shownRootKeywords.has(keyword));
}

type Shape = Omit<SchemaField, 'path' | 'name' | 'required' | 'position' | 'siblings'>;

function describe(value: unknown): Shape {
  const schema = isObject(value) ? value : {};
  const { type, nullable } = plainType(schema);
  const itemType = type === 'list' ? itemTypeOf(schema) : null;
  const known = type !== null && (type !== 'list' || itemType !== null);
  const textual = type === 'string' || itemType === 'string';
  const choices = textual ? choicesOf(type === 'list' ? container(schema) : schema) : null;
  return {
    type: known && choices !== 'unknown' ? type : null,
    itemType,
    nullable,
    description: typeof schema.description === 'string' ? schema.description : '',
    choices: choices === 'unknown' ? null : choices,
    mayHaveChoices: textual && choices !== 'unknown',
    mayHaveFields: known && (type === 'object' || itemType === 'object'),
    otherKeywords: known ? otherKeywords(schema, type, textual) : Object.keys(schema).filter((word) => word !== 'description'),
  };
}

function plainType(schema: JsonObject): { type: FieldType | null; nullable: boolean } {
  const names = typeNames(schema);
  const nullable = names.length > 1 && names.includes('null');
  const [name, ...more] = names.filter((each) => each !== 'null');
  if (name === undefined || more.length > 0 || '$ref' in schema) return { type: null, nullable };
  if (name === 'array') return { type: 'list', nullable };
  return { type: asItemType(name), nullable };
}

function itemTypeOf(schema: JsonObject): ItemType | null {
  if (!isObject(schema.items) || '$ref' in schema.items || typeof schema.items.type !== 'string') return null;
  return asItemType(schema.items.type);
}

function asItemType(name: string): ItemType | null {
  return ([...scalarTypes, 'object'] as const).find((each) => each === name) ?? null;
}

function choicesOf(schema: JsonObject): string[] | null | 'unknown' {
  if (!('enum' in schema)) return null;
  if (!Array.isArray(schema.enum)) return 'unknown';
  const values: unknown[] = schema.enum.filter((value) => value !== null);
  return values.every((value) => typeof value === 'string') ? values : 'unknown';
}

function otherKeywords(schema: JsonObject, type: FieldType, textual: boolean): string[] {
  const own = Object.keys(schema).filter((word) => !shownKeywords.has(word) || (word === 'enum' && !textual));
  if (type !== 'list' || !isObject(schema.items)) return own;
  const inner = Object.keys(schema.items).filter((word) => !shownKeywords.has(word) || word === 'description');
  return [...own, ...inner.map((word) => `items.${word}`)];
}
