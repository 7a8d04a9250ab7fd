import { ContextMenu as BaseContextMenu } from '@base-ui/react/context-menu';
import { Menu as BaseMenu } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';

import { MenuItems, type MenuEntry } from './menu-items';
import { popupLook } from './popup-look';

export type { MenuEntry } from './menu-items';

const menuLook = `${popupLook} min-w-44 max-w-80 p-1`;

interface MenuProps {
  /** The button that opens the menu. It needs a name: text or `aria-label`. */
  trigger: ReactElement;
  entries: readonly MenuEntry[];
  align?: 'start' | 'end';
}

/** A button with a list of actions. */
export function Menu({ trigger, entries, align = 'end' }: MenuProps) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner align={align} sideOffset={4} className="z-50 outline-none">
          <BaseMenu.Popup className={menuLook}>
            <MenuItems entries={entries} />
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

interface ContextMenuProps {
  /** What has the menu: a tile, a row. */
  children: ReactNode;
  entries: readonly MenuEntry[];
  className?: string;
}

/** The actions of one thing, on the right mouse button, the menu key or a long press. */
export function ContextMenu({ children, entries, className = '' }: ContextMenuProps) {
  return (
    <BaseContextMenu.Root>
      <BaseContextMenu.Trigger className={className}>{children}</BaseContextMenu.Trigger>
      <BaseContextMenu.Portal>
        <BaseContextMenu.Positioner className="z-50 outline-none">
          <BaseContextMenu.Popup className={menuLook}>
            <MenuItems entries={entries} />
          </BaseContextMenu.Popup>
        </BaseContextMenu.Positioner>
      </BaseContextMenu.Portal>
    </BaseContextMenu.Root>
  );
}
