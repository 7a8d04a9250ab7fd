import type { Condition } from '@/pages/search/conditions/conditions';
import { playground } from '@/pages/search/search-address';

/** One part of the archive that one request covers. Several indexes fit into one request, the playground does not. */
export type Target = { kind: 'indexes'; indexIds: string[] } | { kind: 'playground' };

/** The kinds of searches of the API. `ranked` is by words, by a picture, or by both. */
export type SearchKind = 'ranked' | 'filtered' | 'ranked-and-filtered';

/** The requests that answer an address, and what they leave out. */
export interface SearchPlan {
  kind: SearchKind;
  targets: Target[];
  /** The playground is in the scope but not searched: the API searches it by words and by conditions only. */
  withoutPlayground: boolean;
  /** The conditions are not applied: the API combines them with words only. */
  withoutConditions: boolean;
  /** The marker filter is not applied: the API combines it with conditions only. */
  withoutMarker: boolean;
  /** The number of indexes in the scope that are not searched. */
  indexesLeftOut: number;
}

interface Wanted {
  words: string;
  hasPicture: boolean;
  conditions: readonly Condition[];
  /** Whether only marked results are wanted. */
  marked: boolean;
  index: string | undefined;
  /** The ids of all indexes, for a search of everything. */
  indexIds: readonly string[];
}

/** The most indexes in one request of the API. */
const maxIndexes = 100;

/** The most requests for one search, where each index needs its own. */
const maxRequests = 20;

/**
 * Plan the requests of a search; null if nothing is asked for.
 *
 * A search of everything is one request for all indexes and one for the playground. Words together with conditions
 * need a request for each index. The hits of several requests are merged by score.
 */
export function searchPlan({ words, hasPicture, conditions, marked, index, indexIds }: Wanted): SearchPlan | null {
  const hasWords = words.trim() !== '';
  if (!hasWords && !hasPicture && conditions.length === 0 && !marked) return null;
  const withoutConditions = hasPicture && conditions.length > 0;
  const kind = kindOf(hasWords || hasPicture, conditions.length > 0 && !withoutConditions);
  const asked = index === undefined ? indexIds : index === playground ? [] : [index];
  const covered = asked.slice(0, kind === 'ranked-and-filtered' ? maxRequests - 1 : maxIndexes);
  const withPlayground = index === undefined || index === playground;
  const ofIndexes: Target[] =
    kind === 'ranked-and-filtered'
      ? covered.map((indexId) => ({ kind: 'indexes', indexIds: [indexId] }))
      : covered.length > 0
        ? [{ kind: 'indexes', indexIds: [...covered] }]
        : [];
  return {
    kind,
    targets: withPlayground && !hasPicture ? [...ofIndexes, { kind: 'playground' }] : ofIndexes,
    withoutPlayground: withPlayground && hasPicture,
    withoutConditions,
    withoutMarker: marked && kind !== 'filtered',
    indexesLeftOut: asked.length - covered.length,
  };
}

function kindOf(ranked: boolean, filtered: boolean): SearchKind {
  if (ranked && filtered) return 'ranked-and-filtered';
  return ranked ? 'ranked' : 'filtered';
}
