import { Select as BaseSelect } from '@base-ui/react/select';
import { Check, ChevronDown } from 'lucide-react';
import { useId } from 'react';

import { popupItemLook, popupLook } from '@/components/ui/overlays/popup-look';

interface SelectProps<Value extends string> {
  label: string;
  /** Keeps the label for screen readers only. */
  hideLabel?: boolean;
  value: Value | null;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string }[];
  placeholder?: string;
  disabled?: boolean;
  className?: string;
}

/** A choice of one among several, as a list that opens. */
export function Select<Value extends string>({ label, hideLabel = false, options, placeholder, ...props }: SelectProps<Value>) {
  const { value, onChange, disabled = false, className = '' } = props;
  const labelId = useId();
  return (
    <div className={`flex min-w-0 flex-col gap-1 ${className}`}>
      <span id={labelId} className={hideLabel ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </span>
      <BaseSelect.Root
        items={options}
        value={value}
        onValueChange={(next) => {
          if (next !== null) onChange(next);
        }}
        disabled={disabled}
      >
        <BaseSelect.Trigger
          aria-labelledby={labelId}
          className="flex h-8 min-w-0 items-center justify-between gap-2 rounded-md border border-line-strong bg-surface px-2 text-sm hover:bg-raised data-disabled:opacity-50"
        >
          <BaseSelect.Value placeholder={placeholder} className="truncate" />
          <BaseSelect.Icon>
            <ChevronDown size={16} aria-hidden />
          </BaseSelect.Icon>
        </BaseSelect.Trigger>
        <BaseSelect.Portal>
          <BaseSelect.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
            <BaseSelect.Popup className={`${popupLook} min-w-(--anchor-width) p-1`}>
              {options.map((option) => (
                <BaseSelect.Item key={option.value} value={option.value} className={popupItemLook}>
                  <span className="flex w-4 shrink-0">
                    <BaseSelect.ItemIndicator>
                      <Check size={16} aria-hidden />
                    </BaseSelect.ItemIndicator>
                  </span>
                  <BaseSelect.ItemText className="max-w-80 truncate">{option.label}</BaseSelect.ItemText>
                </BaseSelect.Item>
              ))}
            </BaseSelect.Popup>
          </BaseSelect.Positioner>
        </BaseSelect.Portal>
      </BaseSelect.Root>
    </div>
  );
}
