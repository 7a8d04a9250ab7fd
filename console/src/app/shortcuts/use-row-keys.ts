import { type Shortcut, useShortcuts } from '@/app/shortcuts/registry';
import { words } from '@/words/en';

/** Marks the link of a row for `useRowKeys`. */
export const rowLink = { 'data-row': '' };

const shortcuts: readonly Shortcut[] = [
  { keys: 'j', label: words.shell.nextRow, run: () => focusRow(1) },
  { keys: 'k', label: words.shell.previousRow, run: () => focusRow(-1) },
];

/** Let the keys j and k move the focus through the rows of the page's list. */
export function useRowKeys(): void {
  useShortcuts(shortcuts);
}

function focusRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('#page [data-row]')];
  const place = rows.findIndex((row) => row === document.activeElement) + step;
  rows[Math.min(Math.max(place, 0), rows.length - 1)]?.focus();
}
