export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };
export type JsonObject = Record<string, JsonValue>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Return a body of the API as JSON values. It came through `JSON.parse`, so it has no others. */
export function jsonObject(value: Record<string, unknown> | null | undefined): JsonObject {
  return (value ?? {}) as JsonObject;
}

/** A single value in a result, with the path to it, such as `scene.objects[0].label`. */
export interface Leaf {
  path: string;
  value: string | number | boolean | null;
}

/** Return the single values of a result in order. An empty list or object is a leaf without a value. */
export function leavesOf(value: JsonValue, path = ''): Leaf[] {
  if (Array.isArray(value)) {
    return value.length === 0 ? [{ path, value: null }] : value.flatMap((each, n) => leavesOf(each, `${path}[${n}]`));
  }
  if (isObject(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0) return path === '' ? [] : [{ path, value: null }];
    return entries.flatMap(([name, each]) => leavesOf(each, path === '' ? name : `${path}.${name}`));
  }
  return [{ path, value }];
}
