import { useEffect, useSyncExternalStore } from 'react';

import type { StreamEvent } from '@/app/activity/stream/event';
import type { StreamState } from '@/app/activity/stream/live-stream';

type EventListener = (event: StreamEvent) => void;

const eventListeners = new Set<EventListener>();
const stateListeners = new Set<() => void>();
let state: StreamState = 'off';

/** Hand an event of the live stream to all listeners. */
export function publishEvent(event: StreamEvent): void {
  for (const listener of eventListeners) listener(event);
}

export function setStreamState(next: StreamState): void {
  if (state === next) return;
  state = next;
  for (const listener of stateListeners) listener();
}

/** Call `listener` with each event of the live stream while the component is there. Give it a stable function. */
export function useStreamEvents(listener: EventListener): void {
  useEffect(() => {
    eventListeners.add(listener);
    return () => void eventListeners.delete(listener);
  }, [listener]);
}

/** Return the state of the live stream. */
export function useStreamState(): StreamState {
  return useSyncExternalStore(
    (listener) => {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    () => state,
  );
}

/** Return a `refetchInterval` for answers that events keep up to date: they are polled only without the stream. */
export function usePollingWithoutStream(milliseconds: number): number | false {
  const found = useStreamState();
  return found === 'live' || found === 'paused' ? false : milliseconds;
}
