/** An event of the live stream. The documentation lists the types with the fields of their payloads. */
export interface StreamEvent {
  id: string;
  type: string;
  /** The time of the event, ISO 8601 in UTC. */
  at: string;
  runId: string | null;
  videoId: string | null;
  indexId: string | null;
  payload: Readonly<Record<string, unknown>>;
}

/** Read the data of a block. Return null if it is no event. */
export function eventOf(data: string): StreamEvent | null {
  let read: unknown;
  try {
    read = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isRecord(read) || typeof read.event_type !== 'string') return null;
  return {
    id: textOf(read, 'event_id') ?? '',
    type: read.event_type,
    at: textOf(read, 'created_at') ?? '',
    runId: textOf(read, 'run_id'),
    videoId: textOf(read, 'video_id'),
    indexId: textOf(read, 'index_id'),
    payload: isRecord(read.payload) ? read.payload : {},
  };
}

/** Return a field of a payload if it is a text. */
export function textOf(fields: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' ? value : null;
}

/** Return a field of a payload if it is a number, otherwise 0. */
export function countOf(fields: Readonly<Record<string, unknown>>, name: string): number {
  const value = fields[name];
  return typeof value === 'number' ? value : 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
