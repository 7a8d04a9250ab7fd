import { words } from '@/words/en';

import type { SavedSearch } from './queries';

/** Say what a saved search looks for: its words with their floor, and the number of its conditions. */
export function describeSought({ query, threshold, conditions }: Pick<SavedSearch, 'query' | 'threshold' | 'conditions'>): string {
  const parts: string[] = [];
  if (query !== null && threshold !== null) {
    parts.push(words.savedSearches.sought(query, words.savedSearches.spaces[threshold.space], formatScore(threshold.min_score)));
  }
  if (conditions !== null) parts.push(words.savedSearches.conditions(conditions.length));
  return parts.join(', ');
}

/** Name where a saved search looks. An index that is not listed, because it is being deleted, keeps its id. */
export function describeScope(
  { index_ids: ids, playground }: Pick<SavedSearch, 'index_ids' | 'playground'>,
  names: ReadonlyMap<string, string>,
): string {
  if (playground) return words.savedSearches.playground;
  return ids.length === 0 ? words.savedSearches.noScope : ids.map((id) => names.get(id) ?? id).join(', ');
}

/** Write a score as search results have it. */
export function formatScore(score: number): string {
  return score.toFixed(2);
}
