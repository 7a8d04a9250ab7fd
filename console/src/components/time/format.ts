/** Format seconds of a medium as `m:ss` or `h:mm:ss`. Parts of a second are dropped. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Format an ISO time in UTC as a date and time in the reader's zone. */
export function formatDateTime(iso: string): string {
  return dateTime.format(new Date(iso));
}

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

/** Format an ISO time in UTC as a time of the day in the reader's zone. */
export function formatTime(iso: string): string {
  return time.format(new Date(iso));
}
