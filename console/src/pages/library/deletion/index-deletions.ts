import { useSyncExternalStore } from 'react';

/** An index that was deleted from here, while its media are still being removed. */
export interface IndexDeletion {
  indexId: string;
  name: string;
}

let deletions: readonly IndexDeletion[] = [];
const listeners = new Set<() => void>();

function change(next: readonly IndexDeletion[]): void {
  deletions = next;
  for (const listener of listeners) listener();
}

/** Remember a deletion, so that the library shows its progress. */
export function followDeletion(deletion: IndexDeletion): void {
  change([...deletions.filter(({ indexId }) => indexId !== deletion.indexId), deletion]);
}

export function forgetDeletion(indexId: string): void {
  change(deletions.filter((deletion) => deletion.indexId !== indexId));
}

export function useIndexDeletions(): readonly IndexDeletion[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => deletions,
  );
}
