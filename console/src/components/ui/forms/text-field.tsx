import { Field } from '@base-ui/react/field';
import type { ComponentProps } from 'react';

interface TextFieldProps extends ComponentProps<typeof Field.Control> {
  label: string;
  hint?: string | undefined;
  /** What is wrong with the value, from the form or from the server. */
  error?: string | undefined;
}

/** A labelled line of text. */
export function TextField({ label, hint, error, className = '', ...props }: TextFieldProps) {
  return (
    <Field.Root invalid={error !== undefined} className="flex flex-col gap-1">
      <Field.Label className="text-sm font-medium">{label}</Field.Label>
      <Field.Control
        className={`h-8 rounded-md border border-line-strong bg-surface px-2 text-sm data-invalid:border-warning ${String(className)}`}
        {...props}
      />
      {hint !== undefined && <Field.Description className="text-xs text-ink-soft">{hint}</Field.Description>}
      {error !== undefined && (
        <Field.Error match className="text-xs text-warning">
          {error}
        </Field.Error>
      )}
    </Field.Root>
  );
}
