import { isObject, type JsonObject, type JsonValue } from './json-value';

/** What a schema says of a field to its reader. */
interface FieldSchema {
  title?: string;
  description?: string;
  properties: Record<string, JsonValue>;
  items: JsonValue;
}

/** Parse the schema of a result, which is JSON text. Return null if it is none. */
export function parsedSchema(text: string | null | undefined): JsonObject | null {
  if (text == null) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

export function fieldSchema(schema: JsonValue | undefined): FieldSchema {
  const found = isObject(schema) ? schema : {};
  const text = (name: string) => (typeof found[name] === 'string' ? { [name]: found[name] } : {});
  const properties = isObject(found.properties) ? found.properties : {};
  return { ...text('title'), ...text('description'), properties, items: found.items ?? null };
}

/** Return the names of an object's fields: those of the schema first, in its order, then the others. */
export function orderedNames(value: JsonObject, schema: FieldSchema): string[] {
  const known = Object.keys(schema.properties).filter((name) => name in value);
  return [...known, ...Object.keys(value).filter((name) => !known.includes(name))];
}

/** Return a field's name in words: `text_on_screen` is "Text on screen". */
export function nameInWords(name: string): string {
  const spaced = name
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replace(/[_-]+/g, ' ')
    .trim();
  return spaced === '' ? name : spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
