import { BackLink } from '@/components/ui/layout/back-link';
import { words } from '@/words/en';

import { describeScope, describeSought } from './describe';
import { MatchList } from './match-list';
import type { SavedSearch } from './queries';
import { SavedSearchActions } from './saved-search-actions';
import { SavedSearchState } from './saved-search-row';

interface SavedSearchDetailProps {
  search: SavedSearch;
  names: ReadonlyMap<string, string>;
}

/** A saved search with its matches. */
export function SavedSearchDetail({ search, names }: SavedSearchDetailProps) {
  const { pause_reason: reason, threshold } = search;
  return (
    <div className="flex flex-col gap-4">
      <div className="text-xs text-ink-soft">
        <BackLink path="/saved-searches" label={words.savedSearches.all} />
      </div>
      <header className="flex min-w-0 flex-col gap-1">
        <h2 className="flex flex-wrap items-center gap-2 text-lg font-semibold wrap-anywhere">
          {search.name}
          <SavedSearchState search={search} />
        </h2>
        <p className="wrap-anywhere">{describeSought(search)}</p>
        <p className="text-ink-soft wrap-anywhere">{describeScope(search, names)}</p>
        {threshold?.model != null && <p className="text-xs text-ink-soft wrap-anywhere">{words.savedSearches.model(threshold.model)}</p>}
        {reason !== null && <p className="text-warning">{words.savedSearches.pauseReasons[reason]}</p>}
      </header>
      <SavedSearchActions search={search} />
      <MatchList id={search.saved_search_id} />
    </div>
  );
}
