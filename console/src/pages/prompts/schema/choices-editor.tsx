import { X } from 'lucide-react';
import { useState } from 'react';

import { words } from '@/words/en';

interface ChoicesEditorProps {
  fieldName: string;
  choices: readonly string[];
  /** Null removes the last choice: the field then takes any text. */
  onChange: (choices: string[] | null) => void;
  readOnly: boolean;
}

/** The texts that a field may have. Enter adds the typed one. */
export function ChoicesEditor({ fieldName, choices, onChange, readOnly }: ChoicesEditorProps) {
  const [typed, setTyped] = useState('');
  const add = () => {
    const choice = typed.trim();
    if (choice !== '' && !choices.includes(choice)) onChange([...choices, choice]);
    setTyped('');
  };
  const remove = (choice: string) => {
    const others = choices.filter((each) => each !== choice);
    onChange(others.length === 0 ? null : others);
  };
  if (readOnly && choices.length === 0) return null;
  return (
    <div role="group" aria-label={words.prompts.editor.choices(fieldName)} className="flex flex-wrap items-center gap-1">
      {choices.map((choice) => (
        <span key={choice} className="inline-flex max-w-full items-center rounded-full bg-accent-soft pl-2 text-xs">
          <span className="truncate">{choice}</span>
          {readOnly ? (
            <span className="w-2" />
          ) : (
            <button
              type="button"
              aria-label={words.prompts.editor.removeChoice(choice, fieldName)}
              onClick={() => remove(choice)}
              className="flex size-6 items-center justify-center rounded-full hover:bg-surface"
            >
              <X size={12} aria-hidden />
            </button>
          )}
        </span>
      ))}
      {!readOnly && (
        <input
          aria-label={words.prompts.editor.addChoiceOf(fieldName)}
          placeholder={words.prompts.editor.addChoice}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={add}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
          className="h-6 w-28 rounded-md border border-line-strong bg-surface px-2 text-xs placeholder:text-ink-soft"
        />
      )}
    </div>
  );
}
