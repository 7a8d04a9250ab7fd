import { useSyncExternalStore } from 'react';

import type { StreamState } from '@/app/activity/stream/live-stream';

const listeners = new Set<() => void>();
let state: StreamState = 'off';

export function setStreamState(next: StreamState): void {
  if (state === next) return;
  state = next;
  for (const listener of listeners) listener();
}

/** Return the state of the live stream. */
export function useStreamState(): StreamState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
