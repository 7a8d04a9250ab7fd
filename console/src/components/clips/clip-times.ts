/** The longest clip in seconds. */
const longestClip = 600;

/** Write seconds as `m:ss` with the parts of a second that matter: `1:01.5`. */
export function clipTime(seconds: number): string {
  const thousandths = Math.round(Math.max(0, seconds) * 1000);
  const minutes = Math.floor(thousandths / 60_000);
  const rest = ((thousandths % 60_000) / 1000).toFixed(3).replace(/\.?0+$/, '');
  const [whole = '0', part] = rest.split('.');
  const tail = `${whole.padStart(2, '0')}${part === undefined ? '' : `.${part}`}`;
  if (minutes < 60) return `${minutes}:${tail}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${tail}`;
}

/** Read a time as a person writes it: `61.5`, `1:01.5` or `0:01:01,5`. Return null if it is none. */
export function secondsOf(text: string): number | null {
  const match = /^(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6}(?:[.,]\d{1,3})?)$/.exec(text.trim());
  if (match === null) return null;
  const [, hours, minutes, rest = ''] = match;
  const seconds = Number(rest.replace(',', '.'));
  if (minutes !== undefined && seconds >= 60) return null;
  if (hours !== undefined && Number(minutes) >= 60) return null;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + seconds;
}

/** Why two times are no clip of a medium; null if they are one. */
export function spanProblem(start: number | null, end: number | null, duration: number | null): 'start' | 'end' | 'order' | 'outside' | 'long' | null {
  if (start === null) return 'start';
  if (end === null) return 'end';
  if (end <= start) return 'order';
  if (duration !== null && start >= duration) return 'outside';
  return end - start > longestClip ? 'long' : null;
}
