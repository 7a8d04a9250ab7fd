import { Popover as BasePopover } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';

import { popupLook } from './popup-look';

interface PopoverProps {
  /** The button that opens it. */
  trigger: ReactElement;
  title: string;
  /** Keeps the title for screen readers only. */
  hideTitle?: boolean;
  children: ReactNode;
  /** Both together, where the page opens or closes it. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: 'start' | 'center' | 'end';
}

/** A small window beside its button, for a form or for details. Escape and a click beside it close it. */
export function Popover({ trigger, title, hideTitle = false, children, open, onOpenChange, align = 'start' }: PopoverProps) {
  return (
    <BasePopover.Root open={open} onOpenChange={(next) => onOpenChange?.(next)}>
      <BasePopover.Trigger render={trigger} />
      <BasePopover.Portal>
        <BasePopover.Positioner align={align} sideOffset={4} collisionPadding={8} className="z-50">
          <BasePopover.Popup className={`${popupLook} flex max-w-[calc(100vw-1rem)] min-w-56 flex-col gap-3 p-4`}>
            <BasePopover.Title className={hideTitle ? 'sr-only' : 'font-semibold'}>{title}</BasePopover.Title>
            {children}
          </BasePopover.Popup>
        </BasePopover.Positioner>
      </BasePopover.Portal>
    </BasePopover.Root>
  );
}
