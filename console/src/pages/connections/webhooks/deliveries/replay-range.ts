/** The ranges that a replay offers, in hours before now. The event log keeps 7 days. */
export const replayHours = [1, 6, 24, 72, 168] as const;

/** How long before the end of the log a range begins, so that the server's clock finds it within the log. */
const marginMilliseconds = 60_000;

/** Return the start of a range as an ISO time in UTC. */
export function startOf(hours: number, now: number): string {
  const margin = hours === replayHours.at(-1) ? marginMilliseconds : 0;
  return new Date(now - hours * 3_600_000 + margin).toISOString();
}

/** Read a value of an input for date and time, in the reader's zone. Returns null if it is empty. */
export function timeOf(value: string): string | null {
  const time = new Date(value);
  return value === '' || Number.isNaN(time.getTime()) ? null : time.toISOString();
}
