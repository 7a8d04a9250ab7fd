import { Button as BaseButton } from '@base-ui/react/button';
import type { ComponentProps } from 'react';

const looks = {
  primary: 'bg-accent text-accent-ink hover:opacity-90',
  secondary: 'border border-line-strong bg-surface hover:bg-raised',
  quiet: 'hover:bg-raised',
  danger: 'border border-warning text-warning hover:bg-warning-soft',
};

interface ButtonProps extends ComponentProps<typeof BaseButton> {
  look?: keyof typeof looks;
  /** Makes it as wide as high, for a picture instead of words. */
  square?: boolean;
}

/** A button. Its text is a verb with its object, such as "Run prompt". */
export function Button({ look = 'secondary', square = false, className = '', ...props }: ButtonProps) {
  return (
    <BaseButton
      className={`inline-flex h-8 items-center justify-center gap-2 rounded-md text-sm font-medium whitespace-nowrap disabled:opacity-50 ${square ? 'w-8 shrink-0' : 'px-3'} ${looks[look]} ${String(className)}`}
      {...props}
    />
  );
}
