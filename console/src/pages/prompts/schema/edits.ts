import {
  container,
  type FieldPath,
  type FieldType,
  isObject,
  type ItemType,
  type JsonObject,
  propertiesOf,
  requiredNames,
  typeNames,
} from './json-schema';

/** Every edit returns a new schema. What it does not concern stays as it is, word for word. */

/** Add a text field at the end of the fields below `parent`. */
export function addField(schema: JsonObject, parent: FieldPath, name: string): JsonObject {
  return changeContainer(schema, parent, (found) => ({ ...found, properties: { ...propertiesOf(found), [name]: { type: 'string' } } }));
}

export function removeField(schema: JsonObject, path: FieldPath): JsonObject {
  const name = path.at(-1);
  return changeContainer(schema, path.slice(0, -1), (found) =>
    withRequired(
      { ...found, properties: fromEntries(Object.entries(propertiesOf(found)).filter(([each]) => each !== name)) },
      requiredNames(found).filter((each) => each !== name),
    ),
  );
}

/** Rename a field. It keeps its place, and stays required if it was. */
export function renameField(schema: JsonObject, path: FieldPath, next: string): JsonObject {
  const name = path.at(-1);
  const renamed = (each: string) => (each === name ? next : each);
  return changeContainer(schema, path.slice(0, -1), (found) =>
    withRequired(
      { ...found, properties: fromEntries(Object.entries(propertiesOf(found)).map(([each, value]) => [renamed(each), value])) },
      requiredNames(found).map(renamed),
    ),
  );
}

/** Move a field among its siblings. A position outside of them changes nothing. */
export function moveField(schema: JsonObject, path: FieldPath, by: number): JsonObject {
  return changeContainer(schema, path.slice(0, -1), (found) => {
    const entries = Object.entries(propertiesOf(found));
    const from = entries.findIndex(([name]) => name === path.at(-1));
    const moved = entries[from];
    const to = from + by;
    if (moved === undefined || to < 0 || to >= entries.length) return found;
    const others = entries.toSpliced(from, 1);
    return { ...found, properties: fromEntries(others.toSpliced(to, 0, moved)) };
  });
}

export function setRequired(schema: JsonObject, path: FieldPath, required: boolean): JsonObject {
  const name = path.at(-1);
  if (name === undefined) return schema;
  return changeContainer(schema, path.slice(0, -1), (found) => {
    const others = requiredNames(found).filter((each) => each !== name);
    return withRequired(found, required ? [...others, name] : others);
  });
}

export function setDescription(schema: JsonObject, path: FieldPath, description: string): JsonObject {
  return changeField(schema, path, (field) => (description === '' ? without(field, 'description') : { ...field, description }));
}

/** Change the type of a field. Keywords that belong to the former type are dropped with it. */
export function setType(schema: JsonObject, path: FieldPath, type: FieldType): JsonObject {
  return changeField(schema, path, (field) => {
    const nullable = typeNames(field).includes('null') && typeNames(field).length > 1;
    const body = type === 'list' ? { items: { type: 'string' } } : bodyOf(type);
    return { ...annotations(field), ...body, type: typeValue(type === 'list' ? 'array' : type, nullable) };
  });
}

export function setItemType(schema: JsonObject, path: FieldPath, type: ItemType): JsonObject {
  return changeField(schema, path, (field) => ({
    ...field,
    items: { ...annotations(isObject(field.items) ? field.items : {}), type, ...bodyOf(type) },
  }));
}

/** Set whether a field may be null, which says that it is not known. */
export function setNullable(schema: JsonObject, path: FieldPath, nullable: boolean): JsonObject {
  return changeField(schema, path, (field) => {
    const name = typeNames(field).find((each) => each !== 'null');
    if (name === undefined) return field;
    const changed = { ...field, type: typeValue(name, nullable) };
    return Array.isArray(field.enum) ? { ...changed, enum: withNull(field.enum, nullable) } : changed;
  });
}

/** Set the texts that a field, or the elements of a list, may have. Null: any text. */
export function setChoices(schema: JsonObject, path: FieldPath, choices: readonly string[] | null): JsonObject {
  return changeField(schema, path, (field) => {
    if (typeNames(field).includes('array')) return { ...field, items: withChoices(container(field), choices) };
    return withChoices(field, choices);
  });
}

function withChoices(field: JsonObject, choices: readonly string[] | null): JsonObject {
  if (choices === null) return without(field, 'enum');
  return { ...field, enum: withNull([...choices], typeNames(field).includes('null')) };
}

function withNull(values: unknown[], nullable: boolean): unknown[] {
  const others = values.filter((value) => value !== null);
  return nullable ? [...others, null] : others;
}

function typeValue(name: string, nullable: boolean): string | string[] {
  return nullable ? [name, 'null'] : name;
}

function bodyOf(type: FieldType): JsonObject {
  return type === 'object' ? { properties: {} } : {};
}

function annotations(field: JsonObject): JsonObject {
  return fromEntries(Object.entries(field).filter(([word]) => word === 'description' || word === 'title'));
}

function withRequired(schema: JsonObject, names: string[]): JsonObject {
  return names.length === 0 ? without(schema, 'required') : { ...schema, required: names };
}

function without(schema: JsonObject, keyword: string): JsonObject {
  return fromEntries(Object.entries(schema).filter(([each]) => each !== keyword));
}

function changeField(schema: JsonObject, path: FieldPath, change: (field: JsonObject) => JsonObject): JsonObject {
  const name = path.at(-1);
  if (name === undefined) return change(schema);
  return changeContainer(schema, path.slice(0, -1), (found) => {
    const field = propertiesOf(found)[name];
    if (!isObject(field)) return found;
    return { ...found, properties: { ...propertiesOf(found), [name]: change(field) } };
  });
}

/** Change the part that holds the fields below `parent`: an object, or the items of a list. */
function changeContainer(schema: JsonObject, parent: FieldPath, change: (found: JsonObject) => JsonObject): JsonObject {
  if (parent.length === 0) return change(schema);
  return changeField(schema, parent, (field) => {
    const inner = container(field);
    return inner === field ? change(field) : { ...field, items: change(inner) };
  });
}

/** Build an object whose names are data: a name such as `__proto__` is a name like any other. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): JsonObject {
  return Object.fromEntries(entries);
}
