import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import type { LucideIcon } from 'lucide-react';

interface SegmentedControlProps<Value extends string> {
  /** The question, for screen readers. */
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  /** Two to five options. One with an icon shows the icon, and its label on hover. */
  options: readonly { value: Value; label: string; icon?: LucideIcon }[];
}

/** A choice of one among a few, all of them in sight. */
export function SegmentedControl<Value extends string>({ label, value, onChange, options }: SegmentedControlProps<Value>) {
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next)}
      className="inline-flex h-8 shrink-0 items-center gap-0.5 rounded-md border border-line-strong bg-sunken p-0.5"
    >
      {options.map(({ value: option, label: name, icon: Icon }) => (
        <Radio.Root
          key={option}
          value={option}
          aria-label={name}
          title={Icon === undefined ? undefined : name}
          className="flex h-full cursor-pointer items-center gap-1 rounded-[6px] px-2 text-sm text-ink-soft hover:text-ink data-checked:bg-surface data-checked:text-ink"
        >
          {Icon === undefined ? name : <Icon size={16} aria-hidden />}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
