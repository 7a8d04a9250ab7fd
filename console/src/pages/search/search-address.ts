import { present, textOf } from '@/app/search-values';
import { type MarkerFilter, markerFilterOf } from '@/components/markers/marker-colors';

import { type Condition, conditionsOf } from './conditions/conditions';

/** How hits are arranged: by medium, or one after the other from the best. */
export type Arrangement = 'media' | 'moments';

/** What the address of the search page says. It is the whole search, except a picture of this tab. */
export interface SearchAddress {
  /** The words. */
  q?: string;
  /** A picture: `segment:` with the id of a segment, or `tab:` with the number of a picture of this tab. */
  picture?: string;
  /** The id of an index, or `playground`. Without it, everything is searched. */
  index?: string;
  /** A run in the index or in the playground. */
  run?: string;
  filter?: Condition[];
  /** Only results with a marker, or with one of a color. */
  marker?: MarkerFilter;
  show?: Arrangement;
}

/** The value of `index` for media that are in no index. */
export const playground = 'playground';

/** Read the search part of an address. What it cannot use is left out. */
export function searchAddressOf(search: Record<string, unknown>): SearchAddress {
  const filter = conditionsOf(search.filter);
  return present({
    q: textOf(search.q),
    picture: textOf(search.picture),
    index: textOf(search.index),
    run: textOf(search.run),
    filter: filter.length > 0 ? filter : undefined,
    marker: markerFilterOf(search.marker),
    show: search.show === 'moments' ? ('moments' as const) : undefined,
  });
}
