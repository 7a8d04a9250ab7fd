import { type Position, readStream, StreamRefused } from '@/app/activity/stream/connection';
import { eventOf, type StreamEvent } from '@/app/activity/stream/event';
import { HiddenTab, pause, tabInSight } from '@/app/activity/stream/tab';

/** `off`: the key may not read events. `paused`: the tab is hidden. */
export type StreamState = 'off' | 'connecting' | 'live' | 'reconnecting' | 'paused';

interface StreamListener {
  onEvent: (event: StreamEvent) => void;
  onState: (state: StreamState) => void;
  /** Events may have been missed, so everything that is shown must be read again. */
  onGap: () => void;
  /** The server refuses the key. */
  onRefused: () => void;
}

const longestPause = 30_000;

/** Follow the live stream of a key until the signal. It reconnects by itself and resumes without a gap. */
export async function followStream(key: string, signal: AbortSignal, listener: StreamListener): Promise<void> {
  const position: Position = { lastEventId: '', retry: 3000 };
  const receiver = receiverFor(position, listener);
  let failures = 0;
  listener.onState('connecting');
  while (!signal.aborted) {
    await tabInSight(signal, () => listener.onState('paused'));
    const hidden = new HiddenTab();
    const onOpen = () => {
      failures = 0;
      receiver.onOpen();
    };
    try {
      await readStream(key, position, AbortSignal.any([signal, hidden.signal]), { ...receiver, onOpen });
      await pause(position.retry, signal);
    } catch (cause) {
      if (hidden.signal.aborted || isAborted(signal)) continue;
      if (cause instanceof StreamRefused && !mayRecover(cause.status, position, listener)) return;
      failures += 1;
      listener.onState('reconnecting');
      await pause(delayAfter(failures, position.retry), signal);
    } finally {
      hidden.stop();
    }
  }
}

function receiverFor(position: Position, listener: StreamListener) {
  const seen = new RecentIds();
  return {
    onOpen: () => {
      listener.onState('live');
      if (position.lastEventId === '') listener.onGap();
    },
    onEvent: (type: string, data: string) => {
      if (type === 'processing.stream_error') {
        if (data.includes('events_expired')) listener.onGap();
        return;
      }
      const event = eventOf(data);
      if (event !== null && seen.add(event.id)) listener.onEvent(event);
    },
  };
}

/** A call, because the compiler takes the condition of the loop as lasting. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Act on a refusal. Return whether another attempt can succeed. */
function mayRecover(status: number, position: Position, listener: StreamListener): boolean {
  if (status === 400) {
    // The server does not know the position, so the stream starts anew.
    position.lastEventId = '';
    return true;
  }
  if (status === 401) listener.onRefused();
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    listener.onState('off');
    return false;
  }
  return true;
}

/** Return the pause before the next attempt: it doubles with each failure, and spreads out many clients. */
export function delayAfter(failures: number, retry: number, random: number = Math.random()): number {
  const longest = Math.min(longestPause, retry * 2 ** Math.min(failures - 1, 10));
  return longest / 2 + (longest / 2) * random;
}

/** The ids of the last events. An event can come again after a reconnection. */
export class RecentIds {
  private readonly ids = new Set<string>();

  /** Return whether the id is new. */
  add(id: string): boolean {
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    if (this.ids.size > 5000) this.ids.delete(this.ids.values().next().value ?? id);
    return true;
  }
}
