import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

import { Button } from '@/components/ui/button';

interface IconButtonProps extends Omit<ComponentProps<typeof Button>, 'children'> {
  icon: LucideIcon;
  /** The name of the button for screen readers and as a tooltip. */
  label: string;
}

/** A button that shows a picture instead of words. */
export function IconButton({ icon: Icon, label, look = 'quiet', className = '', ...props }: IconButtonProps) {
  return (
    <Button look={look} aria-label={label} title={label} className={`w-8 px-0 ${String(className)}`} {...props}>
      <Icon size={18} aria-hidden />
    </Button>
  );
}
