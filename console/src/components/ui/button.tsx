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
}

/** A button. Its text is a verb with its object, such as "Run prompt". */
export function Button({ look = 'secondary', className = '', ...props }: ButtonProps) {
  return (
    <BaseButton
      className={`inline-flex h-8 items-center justify-center gap-2 rounded-md px-3 text-sm font-medium whitespace-nowrap disabled:opacity-50 ${looks[look]} ${String(className)}`}
      {...props}
    />
  );
}
