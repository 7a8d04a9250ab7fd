import type { MediumSearch } from './medium-search';

/** Return the address of the page with the run and comparison that are shown, at a second; without one for a picture. */
export function linkToSecond(address: string, search: MediumSearch, second: number | null): string {
  const url = new URL(address);
  url.hash = '';
  url.search = '';
  if (second !== null) url.searchParams.set('t', String(Math.floor(second * 10) / 10));
  if (search.run !== undefined) url.searchParams.set('run', search.run);
  if (search.compare !== undefined) url.searchParams.set('compare', search.compare);
  return url.toString();
}
