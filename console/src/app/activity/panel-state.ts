import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let open = false;

/** Return whether the activity drawer is open. */
export function useActivityOpen(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
}

export function setActivityOpen(next: boolean): void {
  open = next;
  for (const listener of listeners) listener();
}

export function toggleActivity(): void {
  setActivityOpen(!open);
}
