import { words } from '@/words/en';

import type { SchemaField } from './fields';
import { type FieldType, type ItemType, scalarTypes } from './json-schema';

const { editor } = words.prompts;
const itemTypes: readonly ItemType[] = [...scalarTypes, 'object'];
const types: readonly FieldType[] = [...itemTypes, 'list'];

interface TypeChoiceProps {
  field: SchemaField;
  onType: (type: FieldType) => void;
  onItemType: (type: ItemType) => void;
  readOnly: boolean;
}

/** The type of a field and, for a list, of its items. A field that only the JSON can show has none here. */
export function TypeChoice({ field, onType, onItemType, readOnly }: TypeChoiceProps) {
  const { name, type, itemType } = field;
  if (type === null) return <span className="flex h-8 items-center px-2 text-xs text-ink-soft">{editor.onlyInJson}</span>;
  return (
    <div className="flex items-center gap-2">
      <NativeSelect
        label={editor.fieldType(name)}
        value={type}
        options={types.map((each) => ({ value: each, label: editor.types[each] }))}
        onChange={onType}
        disabled={readOnly}
      />
      {itemType !== null && (
        <>
          <span className="text-xs text-ink-soft">{editor.of}</span>
          <NativeSelect
            label={editor.itemType(name)}
            value={itemType}
            options={itemTypes.map((each) => ({ value: each, label: editor.itemTypes[each] }))}
            onChange={onItemType}
            disabled={readOnly}
          />
        </>
      )}
    </div>
  );
}

interface NativeSelectProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  disabled: boolean;
}

/** The browser's own list: a schema has up to two hundred of them on one page. */
function NativeSelect<Value extends string>({ label, value, options, onChange, disabled }: NativeSelectProps<Value>) {
  return (
    <select
      aria-label={label}
      value={value}
      disabled={disabled}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.target.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
      className="h-8 rounded-md border border-line-strong bg-surface px-1 text-sm disabled:opacity-80"
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
