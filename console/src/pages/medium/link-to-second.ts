import type { MediumSearch } from './medium-search';

/**
 * Return the address of the page with the run and comparison that are shown, at a second; without one for a picture.
 * With the frame rate of a video, the second is the start of the frame that is shown.
 */
export function linkToSecond(address: string, search: MediumSearch, second: number | null, frameRate: number | null): string {
  const url = new URL(address);
  url.hash = '';
  url.search = '';
  if (second !== null) url.searchParams.set('t', String(startOfFrame(second, frameRate)));
  if (search.run !== undefined) url.searchParams.set('run', search.run);
  if (search.compare !== undefined) url.searchParams.set('compare', search.compare);
  return url.toString();
}

/** Return the start of the frame at a second, rounded to a millisecond. */
function startOfFrame(second: number, frameRate: number | null): number {
  const start = frameRate === null ? second : Math.floor(second * frameRate + 0.001) / frameRate;
  return Math.round(start * 1000) / 1000;
}
