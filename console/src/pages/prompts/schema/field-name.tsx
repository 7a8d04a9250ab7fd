import { useId, useState } from 'react';

import { words } from '@/words/en';

import { nameProblem } from './field-names';
import type { SchemaField } from './fields';

interface FieldNameProps {
  field: SchemaField;
  siblings: readonly string[];
  onRename: (name: string) => void;
  invalid: boolean;
  readOnly: boolean;
}

/** The name of a field. A name that the schema cannot have is not taken over, and says why. */
export function FieldName({ field, siblings, onRename, invalid, readOnly }: FieldNameProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const noteId = useId();
  const problem = typed === null ? null : nameProblem(typed, field.path.slice(0, -1), siblings);
  const wrong = problem !== null || invalid;
  return (
    <div className="flex min-w-32 flex-1 flex-col gap-1">
      <input
        aria-label={words.prompts.editor.fieldName}
        aria-invalid={wrong}
        aria-describedby={problem === null ? undefined : noteId}
        value={typed ?? field.name}
        readOnly={readOnly}
        onChange={(event) => {
          const name = event.target.value;
          const refused = nameProblem(name, field.path.slice(0, -1), siblings) !== null;
          setTyped(refused ? name : null);
          if (!refused) onRename(name);
        }}
        onBlur={() => setTyped(null)}
        spellCheck={false}
        className={`h-8 rounded-md border bg-surface px-2 font-mono text-xs ${wrong ? 'border-warning' : 'border-line-strong'}`}
      />
      {problem !== null && (
        <p id={noteId} className="text-xs text-warning">
          {words.prompts.editor.nameProblems[problem]}
        </p>
      )}
    </div>
  );
}
