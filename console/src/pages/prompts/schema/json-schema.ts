/** A JSON object as the API sends it. Its values are checked before they are used. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The types that the form offers. A list has an item type as well. */
export const scalarTypes = ['string', 'number', 'integer', 'boolean'] as const;
type ScalarType = (typeof scalarTypes)[number];
export type ItemType = ScalarType | 'object';
export type FieldType = ItemType | 'list';

/** A step to a field: the names of the properties from the root. Lists add no step. */
export type FieldPath = readonly string[];

/** Return the part of a schema that holds the properties below a field: the field itself, or its items. */
export function container(schema: JsonObject): JsonObject {
  return typeNames(schema).includes('array') && isObject(schema.items) ? schema.items : schema;
}

/** Return the properties of a schema. What is no object has none. */
export function propertiesOf(schema: JsonObject): JsonObject {
  return isObject(schema.properties) ? schema.properties : {};
}

/** Return the names of the types that a schema allows. */
export function typeNames(schema: JsonObject): string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? type.filter((name): name is string => typeof name === 'string') : [];
}

export function requiredNames(schema: JsonObject): string[] {
  return Array.isArray(schema.required) ? schema.required.filter((name): name is string => typeof name === 'string') : [];
}

/** Write a schema as the JSON view shows it. */
export function schemaText(schema: JsonObject): string {
  return JSON.stringify(schema, null, 2);
}
