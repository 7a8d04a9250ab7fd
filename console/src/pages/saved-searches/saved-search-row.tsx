import { Link } from '@tanstack/react-router';

import { formatDateTime } from '@/components/time/format';
import { Badge } from '@/components/ui/feedback/badge';
import { words } from '@/words/en';

import { describeScope, describeSought } from './describe';
import type { SavedSearch } from './queries';

interface SavedSearchRowProps {
  search: SavedSearch;
  names: ReadonlyMap<string, string>;
}

/** A saved search in the list: what it looks for and where, and its last match. It opens the matches. */
export function SavedSearchRow({ search, names }: SavedSearchRowProps) {
  const { last_matched_at: matchedAt } = search;
  return (
    <li>
      <Link
        to="/saved-searches"
        search={{ id: search.saved_search_id }}
        className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-line p-4 hover:bg-raised"
      >
        <span className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
          <span className="truncate text-base font-semibold" title={search.name}>
            {search.name}
          </span>
          <span className="truncate text-ink-soft">{describeSought(search)}</span>
          <span className="truncate text-xs text-ink-soft">{describeScope(search, names)}</span>
        </span>
        <span className="flex flex-wrap items-center gap-2">
          {matchedAt !== null && (
            <time dateTime={matchedAt} title={matchedAt} className="text-xs text-ink-soft">
              {words.savedSearches.lastMatch(formatDateTime(matchedAt))}
            </time>
          )}
          <SavedSearchState search={search} />
        </span>
      </Link>
    </li>
  );
}

/** The state of a saved search: enabled, paused by a person, or paused by the server. */
export function SavedSearchState({ search }: { search: SavedSearch }) {
  const tone = search.pause_reason !== null ? 'warning' : search.status === 'enabled' ? 'accent' : 'neutral';
  return <Badge tone={tone}>{words.savedSearches.states[search.status]}</Badge>;
}
