import { FieldMark } from '@/pages/medium/markers/field-marks';
import { words } from '@/words/en';

import { EvidenceChips } from './evidence-chips';
import { fieldSchema, nameInWords, orderedNames } from './field-schema';
import { isObject, type JsonObject, type JsonValue } from './json-value';

const text = words.medium.results;
const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 6 });

interface FieldsProps {
  value: JsonObject;
  schema: JsonValue | undefined;
  /** The path of the object, ending with a dot; null inside a list, where fields have no markers of their own. */
  path?: string | null;
}

/** The fields of an object, in the order of its schema. Long words break, also those of nested fields and lists. */
export function Fields({ value, schema, path = '' }: FieldsProps) {
  const known = fieldSchema(schema);
  return (
    <dl className="flex flex-col gap-3 wrap-anywhere">
      {orderedNames(value, known).map((name) => {
        const { title, description } = fieldSchema(known.properties[name]);
        return (
          <div key={name} className="group/field flex min-w-0 flex-col gap-0.5">
            <dt className="flex items-center gap-1 text-xs text-ink-soft" title={description ?? name}>
              {title ?? nameInWords(name)}
              {path !== null && !isObject(value[name]) && <FieldMark path={`${path}${name}`} name={title ?? nameInWords(name)} />}
            </dt>
            <dd className="min-w-0">
              <FieldValue value={value[name] ?? null} schema={known.properties[name]} path={path === null ? null : `${path}${name}.`} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** A value of a result by its type: text with its evidence, number, yes or no, list, or nested fields. */
function FieldValue({ value, schema, path }: { value: JsonValue; schema: JsonValue | undefined; path: string | null }) {
  if (value === null || value === '') return <Grey>{text.empty}</Grey>;
  if (typeof value === 'string') return <TextValue value={value} />;
  if (typeof value === 'number') return number.format(value);
  if (typeof value === 'boolean') return value ? text.yes : text.no;
  if (Array.isArray(value)) return <ListValue items={value} schema={fieldSchema(schema).items} />;
  if (Object.keys(value).length === 0) return <Grey>{text.empty}</Grey>;
  return (
    <div className="border-l-2 border-line pl-3">
      <Fields value={value} schema={schema} path={path} />
    </div>
  );
}

function TextValue({ value }: { value: string }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1" dir="auto">
      <span className="whitespace-pre-wrap">{value}</span>
      <EvidenceChips value={value} />
    </span>
  );
}

function ListValue({ items, schema }: { items: readonly JsonValue[]; schema: JsonValue }) {
  if (items.length === 0) return <Grey>{text.empty}</Grey>;
  return (
    <ul className="flex flex-col gap-1">
      {items.map((item, place) => (
        <li key={place} className={isObject(item) ? 'rounded-md border border-line p-2' : 'flex gap-2 before:text-ink-soft before:content-["•"]'}>
          {isObject(item) ? <ObjectLine value={item} schema={schema} /> : <FieldValue value={item} schema={schema} path={null} />}
        </li>
      ))}
    </ul>
  );
}

/** An object in a list. One of single values is a line, which keeps long lists short. */
function ObjectLine({ value, schema }: { value: JsonObject; schema: JsonValue }) {
  const single = Object.values(value).every((each) => typeof each !== 'object' || each === null);
  if (!single) return <Fields value={value} schema={schema} path={null} />;
  const known = fieldSchema(schema);
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-1">
      {orderedNames(value, known).map((name) => (
        <div key={name} className="flex min-w-0 items-center gap-1">
          <dt className="text-xs text-ink-soft">{fieldSchema(known.properties[name]).title ?? nameInWords(name)}</dt>
          <dd className="min-w-0">
            <FieldValue value={value[name] ?? null} schema={known.properties[name]} path={null} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Grey({ children }: { children: string }) {
  return <span className="text-ink-soft">{children}</span>;
}
