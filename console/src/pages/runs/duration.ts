import { words } from '@/words/en';

/** Write how long work takes or took, to the second below an hour. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return words.runs.seconds(whole);
  if (whole < 3600) return words.runs.minutes(Math.floor(whole / 60), whole % 60);
  return words.runs.hours(Math.floor(whole / 3600), Math.floor((whole % 3600) / 60));
}
