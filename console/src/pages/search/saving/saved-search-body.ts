import type { Models } from '@/api/client';
import { playground, type SearchAddress } from '@/pages/search/search-address';

type Body = Models['CreateSavedSearchRequest'];

/** The spaces whose scores a saved search can limit. */
export type ScoredSpace = Models['Floor']['space'];

/** The most indexes of a saved search. */
const maxIndexes = 20;

/** Why the search of an address cannot be saved; null if it can. */
type Obstacle = 'nothing-sought' | 'picture' | 'marker' | 'run' | 'no-index' | 'too-many-indexes' | 'not-own';

/** Return why a search cannot be saved. `indexIds` are the reader's own indexes; a search of everything covers them. */
export function obstacleTo({ q, picture, index, run, filter = [], marker }: SearchAddress, indexIds: readonly string[]): Obstacle | null {
  if (picture !== undefined) return 'picture';
  if (q === undefined && filter.length === 0) return 'nothing-sought';
  if (marker !== undefined && q === undefined) return 'marker';
  if (run !== undefined) return 'run';
  if (index === playground) return null;
  if (index !== undefined) return indexIds.includes(index) ? null : 'not-own';
  if (indexIds.length === 0) return 'no-index';
  return indexIds.length > maxIndexes ? 'too-many-indexes' : null;
}

/** What a person chooses about a search when it is saved. */
interface Choice {
  name: string;
  space: ScoredSpace;
  minScore: number;
}

/** Build the request that saves the search of an address. */
export function savedSearchBody({ q, index, filter = [] }: SearchAddress, indexIds: readonly string[], choice: Choice): Body {
  const scope =
    index === playground ? { playground: true } : { playground: false, index_ids: index === undefined ? [...indexIds] : [index] };
  const sought = q === undefined ? {} : { query: q, threshold: { space: choice.space, min_score: choice.minScore } };
  const conditions = filter.length === 0 ? {} : { conditions: filter.map((condition) => ({ ...condition })) };
  return { name: choice.name, status: 'enabled', ...scope, ...sought, ...conditions };
}
