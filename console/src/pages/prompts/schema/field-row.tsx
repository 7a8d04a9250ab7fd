import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';

import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/forms/checkbox';
import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';

import { ChoicesEditor } from './choices-editor';
import { setChoices, setDescription, setItemType, setNullable, setRequired, setType } from './edits';
import { FieldName } from './field-name';
import type { SchemaField } from './fields';
import type { JsonObject } from './json-schema';
import { TypeChoice } from './type-choice';

const { editor } = words.prompts;

export interface FieldActions {
  change: (edit: (schema: JsonObject) => JsonObject) => void;
  rename: (field: SchemaField, name: string) => void;
  move: (field: SchemaField, by: number) => void;
  remove: (field: SchemaField) => void;
  addBelow: (field: SchemaField) => void;
}

interface FieldRowProps {
  field: SchemaField;
  siblings: readonly string[];
  actions: FieldActions;
  /** Whether the error of the schema lies in this field. */
  invalid: boolean;
  readOnly: boolean;
}

/** One field of a schema: its name, its type, what belongs into it, and its place. */
export function FieldRow({ field, siblings, actions, invalid, readOnly }: FieldRowProps) {
  const { path, name } = field;
  return (
    <li
      data-field={path.join('/')}
      className={`flex flex-col gap-2 rounded-md border p-2 ${invalid ? 'border-warning bg-warning-soft' : 'border-line bg-raised'}`}
      style={{ marginLeft: `${(path.length - 1) * 24}px` }}
      onKeyDown={(event) => {
        if (readOnly || !event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
        event.preventDefault();
        actions.move(field, event.key === 'ArrowUp' ? -1 : 1);
      }}
    >
      <div className="flex flex-wrap items-start gap-2">
        <FieldName field={field} siblings={siblings} onRename={(next) => actions.rename(field, next)} invalid={invalid} readOnly={readOnly} />
        <TypeChoice
          field={field}
          readOnly={readOnly}
          onType={(type) => actions.change((schema) => setType(schema, path, type))}
          onItemType={(type) => actions.change((schema) => setItemType(schema, path, type))}
        />
        {!readOnly && <PlaceButtons field={field} actions={actions} />}
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <input
          aria-label={editor.fieldDescription(name)}
          placeholder={editor.descriptionPlaceholder}
          value={field.description}
          readOnly={readOnly}
          onChange={(event) => actions.change((schema) => setDescription(schema, path, event.target.value))}
          className="h-8 min-w-40 flex-1 rounded-md border border-line-strong bg-surface px-2 text-sm placeholder:text-ink-soft"
        />
        <Checkbox
          label={editor.required}
          checked={field.required}
          disabled={readOnly}
          onChange={(required) => actions.change((schema) => setRequired(schema, path, required))}
        />
        {field.type !== null && (
          <Checkbox
            label={editor.nullable}
            checked={field.nullable}
            disabled={readOnly}
            onChange={(nullable) => actions.change((schema) => setNullable(schema, path, nullable))}
          />
        )}
      </div>
      {field.mayHaveChoices && (
        <ChoicesEditor
          fieldName={name}
          choices={field.choices ?? []}
          readOnly={readOnly}
          onChange={(choices) => actions.change((schema) => setChoices(schema, path, choices))}
        />
      )}
      <KeptNote field={field} />
      {field.mayHaveFields && !readOnly && (
        <Button look="quiet" className="self-start" onClick={() => actions.addBelow(field)}>
          <Plus size={16} aria-hidden />
          {editor.addBelow(name)}
        </Button>
      )}
    </li>
  );
}

function KeptNote({ field }: { field: SchemaField }) {
  if (field.type === null) return <p className="text-xs text-ink-soft">{editor.onlyJson}</p>;
  if (field.otherKeywords.length === 0) return null;
  return <p className="text-xs text-ink-soft wrap-anywhere">{editor.fieldKept(field.otherKeywords.join(', '))}</p>;
}

function PlaceButtons({ field, actions }: { field: SchemaField; actions: FieldActions }) {
  const { name, position, siblings } = field;
  return (
    <div className="ml-auto flex">
      <IconButton icon={ArrowUp} label={editor.up(name)} disabled={position === 0} onClick={() => actions.move(field, -1)} />
      <IconButton icon={ArrowDown} label={editor.down(name)} disabled={position === siblings - 1} onClick={() => actions.move(field, 1)} />
      <IconButton icon={Trash2} label={editor.remove(name)} onClick={() => actions.remove(field)} />
    </div>
  );
}
