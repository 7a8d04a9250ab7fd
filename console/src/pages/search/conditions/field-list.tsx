import { useState } from 'react';

import { TextField } from '@/components/ui/forms/text-field';
import { words } from '@/words/en';

import type { SearchField } from './conditions';

interface FieldListProps {
  fields: readonly SearchField[];
  onChoose: (field: SearchField) => void;
}

/** The fields of the scope with their types, and a box that narrows a long list. */
export function FieldList({ fields, onChoose }: FieldListProps) {
  const [sought, setSought] = useState('');
  const wanted = sought.trim().toLowerCase();
  const shown = fields.filter(({ field, label }) => `${label} ${field}`.toLowerCase().includes(wanted));
  return (
    <div className="flex w-80 max-w-full flex-col gap-2">
      {fields.length > 8 && (
        <TextField label={words.search.findField} value={sought} onChange={(event) => setSought(event.target.value)} />
      )}
      <ul className="-mx-2 flex max-h-80 flex-col overflow-auto">
        {shown.map((field) => (
          <li key={`${field.level} ${field.type} ${field.field}`}>
            <button
              type="button"
              onClick={() => onChoose(field)}
              title={field.description ?? undefined}
              className="flex w-full items-baseline justify-between gap-3 rounded-md px-2 py-1 text-left hover:bg-raised"
            >
              <span className="min-w-0">
                <span className="block truncate">{field.label}</span>
                <span className="block truncate font-mono text-xs text-ink-soft">{field.field}</span>
              </span>
              <span className="shrink-0 text-xs text-ink-soft">
                {field.level === 'video' ? words.search.ofMedium(words.search.types[field.type]) : words.search.types[field.type]}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className="text-ink-soft">{words.search.noField}</p>}
    </div>
  );
}
