import { isObject } from '../schema/json-schema';
import { words } from '@/words/en';

const { trial } = words.prompts;

/** An extracted value: lists as chips, groups as names with values. Everything is shown as text. */
function ValueView({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === '') return <span className="text-ink-soft">{trial.notFound}</span>;
  if (typeof value === 'boolean') return <>{value ? trial.yes : trial.no}</>;
  if (Array.isArray(value)) return <ListView values={value} />;
  if (isObject(value)) return <FieldsView fields={value} />;
  return <span className="wrap-anywhere">{typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)}</span>;
}

/** The fields of a result. */
export function FieldsView({ fields }: { fields: Record<string, unknown> }) {
  return (
    <dl className="flex flex-col gap-1">
      {Object.entries(fields).map(([name, value]) => (
        <div key={name} className="grid grid-cols-[minmax(5rem,30%)_minmax(0,1fr)] gap-2">
          <dt className="font-mono text-xs leading-5 text-ink-soft wrap-anywhere">{name}</dt>
          <dd className="min-w-0">
            <ValueView value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function ListView({ values }: { values: readonly unknown[] }) {
  if (values.length === 0) return <span className="text-ink-soft">{trial.notFound}</span>;
  const groups = values.some((value) => typeof value === 'object' && value !== null);
  return (
    <ul className={groups ? 'flex flex-col gap-2' : 'flex flex-wrap gap-1'}>
      {values.map((value, index) => (
        <li key={index} className={groups ? 'border-l-2 border-line-strong pl-2' : 'max-w-full rounded-md bg-sunken px-2 wrap-anywhere'}>
          <ValueView value={value} />
        </li>
      ))}
    </ul>
  );
}
