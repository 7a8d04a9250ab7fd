import { formatSeconds } from '@/components/time/format';
import { words } from '@/words/en';

import type { Hit } from './hit-groups';

/** Say where in its medium a hit is. */
export function timesOf({ start_time, end_time, media_type }: Hit): string {
  if (start_time === null || end_time === null) return words.search.wholeMedium;
  if (media_type === 'image') return words.search.picture;
  return words.search.times(formatSeconds(start_time), formatSeconds(end_time));
}
