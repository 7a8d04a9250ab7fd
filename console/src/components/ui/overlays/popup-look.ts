/** The classes of everything that floats above the page: menus, lists, notes. */
export const popupLook =
  'max-h-(--available-height) overflow-auto rounded-md border border-line-strong bg-surface text-sm text-ink outline-none transition-opacity duration-100 data-starting-style:opacity-0 data-ending-style:opacity-0';

/** The classes of one line of a menu or list. `data-highlighted` is the line under the pointer or the arrow keys. */
export const popupItemLook =
  'flex min-h-8 cursor-default items-center gap-2 rounded-md px-2 py-1 outline-none select-none data-highlighted:bg-accent-soft data-disabled:opacity-50';
