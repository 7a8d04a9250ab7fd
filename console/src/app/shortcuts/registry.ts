import { useEffect, useSyncExternalStore } from 'react';

import { belongsToFocus } from '@/app/shortcuts/focus';
import { combinationOf, isSingleKey, matches } from '@/app/shortcuts/keys';

/** Something that the reader can do on this page, by keys, in the palette, or both. */
export interface Shortcut {
  /** A verb with its object, such as "Delete index". */
  label: string;
  run: () => void;
  /** The keys, such as `j`, `mod+k`, `Space`, `alt+ArrowLeft`. Without keys it is in the palette alone. */
  keys?: string;
  /** Whether the palette lists it. */
  inPalette?: boolean;
  /** Whether the keys work while one types in a field. Only for combinations with `mod`. */
  inFields?: boolean;
}

const singleKeysOff = 'videovector.single-keys-off';
const listeners = new Set<() => void>();
let groups: readonly (readonly Shortcut[])[] = [];

function change(next: readonly (readonly Shortcut[])[]): void {
  groups = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Offer shortcuts while the component is there. Give a list that keeps its identity (`useMemo`). */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  useEffect(() => {
    change([...groups, shortcuts]);
    return () => change(groups.filter((group) => group !== shortcuts));
  }, [shortcuts]);
}

/** Return all shortcuts of the open page, the ones of the page first and those of the frame last. */
export function useAllShortcuts(): Shortcut[] {
  return useSyncExternalStore(subscribe, () => groups).toReversed().flat();
}

/** Return whether keys without Ctrl, Command or Alt do something. Speech input needs them off. */
export function useSingleKeys(): boolean {
  return useSyncExternalStore(subscribe, singleKeysOn);
}

function singleKeysOn(): boolean {
  return localStorage.getItem(singleKeysOff) === null;
}

export function setSingleKeys(on: boolean): void {
  if (on) localStorage.removeItem(singleKeysOff);
  else localStorage.setItem(singleKeysOff, '1');
  change(groups);
}

/** Return the shortcut that a key press means. A page's shortcut goes before one of the frame. */
function shortcutFor(event: KeyboardEvent): Shortcut | undefined {
  if (event.defaultPrevented || event.isComposing) return undefined;
  const dialogOpen = document.querySelector('[role=dialog], [role=alertdialog]') !== null;
  const taken = belongsToFocus(event.key, document.activeElement);
  for (const shortcut of groups.toReversed().flat()) {
    if (shortcut.keys === undefined) continue;
    const combination = combinationOf(shortcut.keys);
    if (!matches(combination, event)) continue;
    if ((dialogOpen || taken) && shortcut.inFields !== true) continue;
    if (isSingleKey(combination) && !singleKeysOn()) continue;
    return shortcut;
  }
  return undefined;
}

/** Run shortcuts on key presses. Return what stops it. */
export function listenForShortcuts(): () => void {
  const listen = (event: KeyboardEvent) => {
    const shortcut = shortcutFor(event);
    if (shortcut === undefined) return;
    event.preventDefault();
    shortcut.run();
  };
  window.addEventListener('keydown', listen);
  return () => window.removeEventListener('keydown', listen);
}
