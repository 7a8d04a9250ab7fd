import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

import { Button } from '@/components/ui/button';

interface IconButtonProps extends Omit<ComponentProps<typeof Button>, 'children'> {
  icon: LucideIcon;
  /** The name of the button for screen readers and as a tooltip. */
  label: string;
}

/** A button that shows a picture instead of words. */
export function IconButton({ icon: Icon, label, look = 'quiet', ...props }: IconButtonProps) {
  return (
    <Button look={look} square aria-label={label} title={label} {...props}>
      <Icon size={18} aria-hidden />
    </Button>
  );
}
