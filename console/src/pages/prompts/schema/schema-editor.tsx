import { useState } from 'react';

import { words } from '@/words/en';

import { JsonView } from './json-view';
import { type JsonObject, schemaText } from './json-schema';
import { SchemaForm } from './schema-form';
import type { SchemaProblem } from './schema-problem';
import { type SchemaCheck, useSchemaCheck } from './use-schema-check';

const { editor } = words.prompts;

interface SchemaEditorProps {
  /** What the schema describes, such as "Fields of each segment". */
  title: string;
  text: string;
  onChange: (text: string) => void;
  /** An error of the server from saving, until the schema changes. */
  refusal: string | undefined;
  readOnly: boolean;
  /** Stacks the two views up to a very wide screen, where something stands beside them. */
  narrow: boolean;
}

/** One schema in two views that show the same: a form and JSON. An error marks both. */
export function SchemaEditor({ title, text, onChange, refusal, readOnly, narrow }: SchemaEditorProps) {
  const check = useSchemaCheck(text, !readOnly);
  const [last, setLast] = useState<JsonObject>({});
  const read = check.reading.read?.value ?? null;
  if (read !== null && read !== last) setLast(read);
  const problem: SchemaProblem | null = check.problem ?? (refusal === undefined ? null : { message: refusal, line: null, field: null });
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <header className="flex flex-wrap items-baseline justify-between gap-2">
        <h2 className="text-base font-semibold">{title}</h2>
        {!readOnly && <CheckState check={check} />}
      </header>
      <div className={`grid gap-4 ${narrow ? '2xl:grid-cols-2' : 'lg:grid-cols-2'}`}>
        <SchemaForm
          label={editor.formLabel(title)}
          schema={read ?? last}
          onChange={(schema) => onChange(schemaText(schema))}
          problem={problem}
          held={read === null}
          readOnly={readOnly}
        />
        <JsonView label={editor.jsonLabel(title)} text={text} onChange={onChange} problem={problem} readOnly={readOnly} />
      </div>
    </section>
  );
}

function CheckState({ check }: { check: SchemaCheck }) {
  const text = { checking: editor.checking, valid: editor.valid, invalid: '', unknown: editor.checkFailed }[check.state];
  return (
    <p role="status" className="text-xs text-ink-soft">
      {text}
    </p>
  );
}
