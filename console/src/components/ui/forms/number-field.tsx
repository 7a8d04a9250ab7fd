import { TextField } from './text-field';

interface NumberFieldProps {
  label: string;
  /** Null while the field is empty. */
  value: number | null;
  onChange: (value: number | null) => void;
  min?: number;
  max?: number;
  step?: number | 'any';
  hint?: string;
  error?: string | undefined;
}

/** A labelled number. */
export function NumberField({ label, value, onChange, min, max, step, hint, error }: NumberFieldProps) {
  return (
    <TextField
      type="number"
      inputMode="decimal"
      label={label}
      value={value === null ? '' : String(value)}
      onValueChange={(text) => {
        const number = Number(text);
        onChange(text.trim() === '' || !Number.isFinite(number) ? null : number);
      }}
      {...(hint === undefined ? {} : { hint })}
      {...{ min, max, step, error }}
    />
  );
}
