import { Field } from '@base-ui/react/field';
import { useId } from 'react';

interface TextAreaProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  error?: string | undefined;
  rows?: number;
  /** Sets a monospaced font, for JSON. */
  code?: boolean;
  placeholder?: string;
  readOnly?: boolean;
}

/** A labelled text of several lines. */
export function TextArea({ label, value, onChange, hint, error, rows = 4, code = false, placeholder, readOnly }: TextAreaProps) {
  const noteId = useId();
  return (
    <Field.Root invalid={error !== undefined} className="flex flex-col gap-1">
      <Field.Label className="text-sm font-medium">{label}</Field.Label>
      <Field.Control
        render={<textarea rows={rows} spellCheck={!code} aria-describedby={hint === undefined ? undefined : noteId} />}
        value={value}
        onValueChange={(next) => onChange(next)}
        placeholder={placeholder}
        readOnly={readOnly}
        className={`min-h-8 rounded-md border border-line-strong bg-surface p-2 data-invalid:border-warning ${code ? 'font-mono text-xs' : 'text-sm'}`}
      />
      {hint !== undefined && (
        <Field.Description id={noteId} className="text-xs text-ink-soft">
          {hint}
        </Field.Description>
      )}
      {error !== undefined && (
        <Field.Error match className="text-xs text-warning">
          {error}
        </Field.Error>
      )}
    </Field.Root>
  );
}
