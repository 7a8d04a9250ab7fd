import { useId } from 'react';

import { words } from '@/words/en';

import type { SchemaProblem } from './schema-problem';

interface JsonViewProps {
  label: string;
  text: string;
  onChange: (text: string) => void;
  problem: SchemaProblem | null;
  readOnly: boolean;
}

/** A schema as JSON, with the numbers of its lines. The line with an error is marked. */
export function JsonView({ label, text, onChange, problem, readOnly }: JsonViewProps) {
  const problemId = useId();
  const lines = text.split('\n').length;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div
        className={`flex max-h-[70vh] min-h-48 overflow-y-auto rounded-md border bg-sunken font-mono text-xs ${problem === null ? 'border-line-strong' : 'border-warning'}`}
      >
        <LineNumbers count={lines} marked={problem?.line ?? null} />
        <textarea
          aria-label={label}
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : problemId}
          value={text}
          onChange={(event) => onChange(event.target.value)}
          readOnly={readOnly}
          rows={lines}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          className="min-w-0 flex-1 resize-none overflow-x-auto overflow-y-hidden py-2 pr-2 pl-2 leading-5 -outline-offset-2"
        />
      </div>
      {problem !== null && (
        <p id={problemId} role="alert" className="text-xs text-warning wrap-anywhere">
          {problem.message}
        </p>
      )}
    </div>
  );
}

function LineNumbers({ count, marked }: { count: number; marked: number | null }) {
  return (
    <ol aria-hidden className="sticky left-0 shrink-0 py-2 text-right leading-5 text-ink-soft select-none">
      {Array.from({ length: count }, (_, index) => (
        <li
          key={index}
          title={index + 1 === marked ? words.prompts.editor.line(index + 1) : undefined}
          className={`px-2 ${index + 1 === marked ? 'bg-warning-soft font-bold text-warning' : ''}`}
        >
          {index + 1}
        </li>
      ))}
    </ol>
  );
}
