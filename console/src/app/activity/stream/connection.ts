import { BlockReader } from '@/app/activity/stream/server-sent-events';

const streamPath = '/api/v2/processing/events/stream';

/** The time without a byte after which a connection counts as dead. The server writes every 15 seconds. */
const silence = 45_000;

/** What a connection learns, which outlives it. */
export interface Position {
  lastEventId: string;
  /** The milliseconds after which to reconnect. */
  retry: number;
}

interface Receiver {
  onOpen: () => void;
  /** Takes the type and the data of an event. */
  onEvent: (type: string, data: string) => void;
}

/** The server refuses the stream with a status. */
export class StreamRefused extends Error {
  constructor(readonly status: number) {
    super(`The live stream was refused with status ${status}.`);
  }
}

/**
 * Read one answer of the live stream to its end. It keeps the position up to date.
 *
 * Throws `StreamRefused`, and the errors of `fetch` if the connection breaks or falls silent.
 */
export async function readStream(key: string, position: Position, signal: AbortSignal, receiver: Receiver): Promise<void> {
  const watchdog = new AbortController();
  const giveUp = () => watchdog.abort();
  let timer = setTimeout(giveUp, silence);
  // Without a network the connection is dead, though the browser keeps it open.
  window.addEventListener('offline', giveUp);
  const headers: Record<string, string> = { 'X-API-Key': key, Accept: 'text/event-stream' };
  if (position.lastEventId !== '') headers['Last-Event-ID'] = position.lastEventId;
  try {
    const response = await fetch(streamPath, { headers, signal: AbortSignal.any([signal, watchdog.signal]), cache: 'no-store' });
    if (!response.ok || response.body === null) throw new StreamRefused(response.status);
    receiver.onOpen();
    const blocks = new BlockReader();
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(giveUp, silence);
      for (const block of blocks.add(decoder.decode(value, { stream: true }))) {
        if (block.id !== undefined) position.lastEventId = block.id;
        if (block.retry !== undefined) position.retry = block.retry;
        if (block.data !== undefined) receiver.onEvent(block.event ?? 'message', block.data);
      }
    }
  } finally {
    clearTimeout(timer);
    window.removeEventListener('offline', giveUp);
  }
}
