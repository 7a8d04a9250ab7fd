import { Plus } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';

import { Button } from '@/components/ui/button';
import { words } from '@/words/en';

import { addField, moveField, removeField, renameField } from './edits';
import { freeName } from './field-names';
import { type FieldActions, FieldRow } from './field-row';
import { fieldsOf, otherRootKeywords, type SchemaField } from './fields';
import { container, type FieldPath, isObject, type JsonObject, propertiesOf } from './json-schema';
import type { SchemaProblem } from './schema-problem';

const { editor } = words.prompts;

interface SchemaFormProps {
  label: string;
  schema: JsonObject;
  onChange: (schema: JsonObject) => void;
  problem: SchemaProblem | null;
  /** Whether the JSON cannot be read: the form then shows the last schema and cannot be edited. */
  held: boolean;
  readOnly: boolean;
}

/** A schema as a list of fields. */
export function SchemaForm({ label, schema, onChange, problem, held, readOnly }: SchemaFormProps) {
  const list = useRef<HTMLUListElement>(null);
  const toFocus = useRef<{ path: FieldPath; label: string } | null>(null);
  const [moved, setMoved] = useState('');
  const fields = fieldsOf(schema);
  const frozen = readOnly || held;
  const problemField = problem?.field?.join('/') ?? null;

  useLayoutEffect(() => {
    if (toFocus.current === null || list.current === null) return;
    focusControl(list.current, toFocus.current.path, toFocus.current.label);
    toFocus.current = null;
  });

  const add = (parent: FieldPath) => {
    const name = freeName(editor.newField, Object.keys(propertiesOf(at(schema, parent))));
    onChange(addField(schema, parent, name));
    toFocus.current = { path: [...parent, name], label: editor.fieldName };
  };
  const actions: FieldActions = {
    change: (edit) => onChange(edit(schema)),
    rename: (field, name) => onChange(renameField(schema, field.path, name)),
    remove: (field) => onChange(removeField(schema, field.path)),
    addBelow: (field) => add(field.path),
    move: (field, by) => {
      const position = field.position + by;
      if (position < 0 || position >= field.siblings) return;
      onChange(moveField(schema, field.path, by));
      setMoved(editor.moved(field.name, position + 1, field.siblings));
      toFocus.current = { path: field.path, label: document.activeElement?.getAttribute('aria-label') ?? editor.fieldName };
    },
  };

  return (
    <section aria-label={label} className="flex min-w-0 flex-col gap-2">
      {held && <p className="rounded-md border border-warning bg-warning-soft p-2 text-xs">{editor.formHeld}</p>}
      {!held && problem !== null && (
        <p className="rounded-md border border-warning bg-warning-soft p-2 text-xs wrap-anywhere">{problem.message}</p>
      )}
      <RootNote keywords={otherRootKeywords(schema)} />
      {fields.length === 0 && <p className="text-ink-soft">{frozen ? editor.noFieldsReadOnly : editor.noFields}</p>}
      <ul ref={list} className="flex flex-col gap-2">
        {fields.map((field) => (
          <FieldRow
            key={rowKey(field, fields)}
            field={field}
            siblings={siblingsOf(field, fields)}
            actions={actions}
            invalid={problemField === field.path.join('/')}
            readOnly={frozen}
          />
        ))}
      </ul>
      {!frozen && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <Button onClick={() => add([])}>
            <Plus size={16} aria-hidden />
            {editor.add}
          </Button>
          {fields.length > 1 && <p className="text-xs text-ink-soft">{editor.orderHint}</p>}
        </div>
      )}
      <p role="status" className="sr-only">
        {moved}
      </p>
    </section>
  );
}

function RootNote({ keywords }: { keywords: string[] }) {
  if (keywords.length === 0) return null;
  return <p className="text-xs text-ink-soft wrap-anywhere">{editor.rootKept(keywords.join(', '))}</p>;
}

/** Put the focus on a control of a field, or on its name if that control cannot have it any more. */
function focusControl(list: HTMLElement, path: FieldPath, label: string): void {
  const controls = (name: string) =>
    list.querySelector<HTMLElement>(
      `[data-field="${CSS.escape(path.join('/'))}"] [aria-label="${CSS.escape(name)}"]:not([disabled], [data-disabled])`,
    );
  (controls(label) ?? controls(editor.fieldName))?.focus();
}

/** A row is known by its place, so that it stays while its name is typed. */
function rowKey(field: SchemaField, fields: readonly SchemaField[]): string {
  const places = field.path.map((_, depth) => {
    const path = field.path.slice(0, depth + 1).join('/');
    return fields.find((each) => each.path.join('/') === path)?.position ?? 0;
  });
  return places.join('.');
}

function siblingsOf(field: SchemaField, fields: readonly SchemaField[]): string[] {
  const parent = field.path.slice(0, -1).join('/');
  return fields
    .filter((each) => each !== field && each.path.slice(0, -1).join('/') === parent)
    .map((each) => each.name);
}

/** Return the part of a schema that holds the fields below a path. */
function at(schema: JsonObject, path: FieldPath): JsonObject {
  return path.reduce((part, name) => {
    const next = propertiesOf(part)[name];
    return isObject(next) ? container(next) : {};
  }, schema);
}
