import { X } from 'lucide-react';
import { useId } from 'react';

import { Select } from '@/components/ui/forms/select';
import { IconButton } from '@/components/ui/icon-button';
import { type FieldScope, useFieldValues } from '@/pages/search/scope/use-scope';
import { usePausedText } from '@/pages/search/search-box';
import { words } from '@/words/en';

import { type Draft, needsValue, type SearchField, takesNumber, withOperator } from './conditions';

interface ConditionChipProps {
  draft: Draft;
  /** The field as the scope has it; undefined for a condition of an address whose field the scope lacks. */
  field: SearchField | undefined;
  scope: FieldScope;
  onChange: (draft: Draft) => void;
  onRemove: () => void;
}

/** One condition as a sentence: the field, the operator and the value, each of them changed in its place. */
export function ConditionChip({ draft, field, scope, onChange, onRemove }: ConditionChipProps) {
  const label = field?.label ?? draft.field;
  const operators = field?.operators ?? [draft.operator];
  return (
    <div
      role="group"
      aria-label={words.search.conditionOn(label)}
      className="flex min-w-0 flex-wrap items-center gap-2 rounded-md border border-line bg-raised py-1 pr-1 pl-3"
    >
      <em className="max-w-48 truncate" title={draft.field}>
        {label}
      </em>
      <Select
        label={words.search.operatorOf(label)}
        hideLabel
        value={draft.operator}
        onChange={(operator) => onChange(withOperator(draft, operator))}
        options={operators.map((operator) => ({ value: operator, label: operatorWords(operator) }))}
        className="font-semibold"
      />
      {needsValue(draft.operator) && <Value draft={draft} label={label} values={field?.values ?? []} scope={scope} onChange={onChange} />}
      <IconButton icon={X} label={words.search.removeCondition(label)} onClick={onRemove} />
    </div>
  );
}

function operatorWords(operator: string): string {
  const named: Record<string, string> = words.search.operators;
  return named[operator] ?? operator;
}

interface ValueProps {
  draft: Draft;
  label: string;
  /** The values that the schema enumerates. */
  values: readonly unknown[];
  scope: FieldScope;
  onChange: (draft: Draft) => void;
}

function Value({ draft, label, values, scope, onChange }: ValueProps) {
  const name = words.search.valueOf(label);
  if (draft.type === 'boolean') {
    const options = [
      { value: 'true', label: words.search.yes },
      { value: 'false', label: words.search.no },
    ];
    return <Select label={name} hideLabel value={draft.text} onChange={(text) => onChange({ ...draft, text })} options={options} />;
  }
  const listed = draft.operator === 'equals' || draft.operator === 'item_equals' ? values.map(String) : [];
  if (listed.length > 0 && (draft.text === '' || listed.includes(draft.text))) {
    return (
      <Select
        label={name}
        hideLabel
        value={draft.text === '' ? null : draft.text}
        placeholder={words.search.chooseValue}
        onChange={(text) => onChange({ ...draft, text })}
        options={listed.map((value) => ({ value, label: value }))}
      />
    );
  }
  return <TypedValue key={draft.operator} draft={draft} name={name} listed={values.map(String)} scope={scope} onChange={onChange} />;
}

interface TypedValueProps extends Pick<ValueProps, 'draft' | 'scope' | 'onChange'> {
  name: string;
  listed: readonly string[];
}

/** A value that is typed. It suggests the values of the schema, else those that results in the scope have. */
function TypedValue({ draft, name, listed, scope, onChange }: TypedValueProps) {
  const { text, change, commit } = usePausedText(draft.text, (next) => onChange({ ...draft, text: next }));
  const listId = useId();
  const isNumber = takesNumber(draft);
  const isOfLength = isNumber && draft.type === 'array';
  const { data: frequent = [] } = useFieldValues(scope, draft, isNumber ? '' : draft.text.slice(0, 100));
  const values = isOfLength ? [] : listed.length > 0 ? listed : frequent;
  return (
    <>
      <input
        type={isNumber ? 'number' : 'text'}
        step={draft.type === 'number' ? 'any' : 1}
        aria-label={name}
        placeholder={words.search.value}
        value={text}
        autoFocus={draft.text === ''}
        list={listId}
        autoComplete="off"
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit(text);
        }}
        className={`h-8 rounded-md border border-line-strong bg-surface px-2 text-sm ${isNumber ? 'w-24' : 'w-40'}`}
      />
      <datalist id={listId}>
        {values.map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
    </>
  );
}
