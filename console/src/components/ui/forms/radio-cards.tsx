import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { useId } from 'react';

interface RadioCardsProps<Value extends string> {
  /** The question, for screen readers. */
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string; text: string }[];
}

/** A choice of one among several that need a sentence each. */
export function RadioCards<Value extends string>({ label, value, onChange, options }: RadioCardsProps<Value>) {
  const id = useId();
  return (
    <RadioGroup aria-label={label} value={value} onValueChange={(next) => onChange(next)} className="grid gap-2 sm:grid-cols-2">
      {options.map(({ value: option, label: name, text }) => (
        <Radio.Root
          key={option}
          value={option}
          aria-labelledby={`${id}-${option}`}
          aria-describedby={`${id}-${option}-text`}
          className="flex cursor-pointer flex-col items-start gap-1 rounded-md border border-line-strong bg-surface p-3 text-left text-sm hover:bg-raised data-checked:border-accent data-checked:bg-accent-soft"
        >
          <span id={`${id}-${option}`} className="font-medium">
            {name}
          </span>
          <span id={`${id}-${option}-text`} className="text-xs text-ink-soft">
            {text}
          </span>
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
