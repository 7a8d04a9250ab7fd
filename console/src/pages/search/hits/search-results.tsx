import { Link } from '@tanstack/react-router';

import { useMay } from '@/app/session/session';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { Skeleton } from '@/components/ui/feedback/skeleton';
import { playground } from '@/pages/search/search-address';
import type { useSearch } from '@/pages/search/requests/use-search';
import { words } from '@/words/en';

import type { HitContext } from './hit-card';
import { HitList } from './hit-list';

interface SearchResultsProps {
  search: ReturnType<typeof useSearch>;
  error: Error | null;
  onRetry: () => void;
  context: HitContext;
  byMedium: boolean;
  words: string;
  /** The index that is searched; undefined for everything. */
  index: string | undefined;
}

/** The place of the hits: an invitation, grey places, an error, nothing found, or hits. */
export function SearchResults({ search, error, onRetry, context, byMedium, words: sought, index }: SearchResultsProps) {
  const { plan, hits, data, isFetching, hasNextPage, fetchNextPage, isFetchingNextPage } = search;
  if (error !== null) {
    return (
      <div className="px-4">
        <ProblemNotice error={error} onRetry={onRetry} />
      </div>
    );
  }
  if (plan === null) return <EmptyState title={words.search.startTitle} text={words.search.startText} />;
  if (plan.targets.length === 0) return <EmptyState title={words.search.nothingToSearch} text={words.search.nothingToSearchText} />;
  if (data === undefined) return <Places />;
  if (hits.length === 0 && !isFetching) {
    return <NothingFound words={sought} index={index} />;
  }
  const media = new Set(hits.map((hit) => hit.video_id)).size;
  return (
    <div className="flex min-h-0 flex-1 flex-col" aria-busy={isFetching}>
      <p role="status" className="flex h-6 items-center gap-2 px-4 text-xs text-ink-soft">
        {words.search.found(hits.length, media, hasNextPage)}
        {isFetching && <span className="animate-pulse">{words.search.searching}</span>}
      </p>
      <div className="min-h-0 flex-1">
        <HitList
          hits={hits}
          context={context}
          byMedium={byMedium}
          onMore={hasNextPage ? () => void fetchNextPage() : null}
          isLoadingMore={isFetchingNextPage}
        />
      </div>
    </div>
  );
}

/** What a search shows that finds nothing: why, and the run that makes more media searchable. */
function NothingFound({ words: sought, index }: Pick<SearchResultsProps, 'words' | 'index'>) {
  const mayRun = useMay('write');
  const scope = index === undefined ? {} : index === playground ? { playground: true as const } : { index };
  return (
    <EmptyState title={words.search.noHits} text={sought === '' ? words.search.noHitsText : words.search.noHitsOfWords(sought)}>
      {mayRun && (
        <Link to="/runs/new" search={scope} className="text-accent underline">
          {words.search.runPrompt}
        </Link>
      )}
    </EmptyState>
  );
}

function Places() {
  return (
    <div role="status" className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,26rem),1fr))] gap-2 px-4 pt-6">
      <span className="sr-only">{words.shell.loading}</span>
      {Array.from({ length: 8 }, (_, place) => (
        <div key={place} className="flex gap-3 rounded-md border border-line p-2">
          <Skeleton className="aspect-video w-40 max-sm:w-28" />
          <div className="flex flex-1 flex-col gap-2 pt-1">
            <Skeleton className="h-4 w-24" />
            <Skeleton className="h-4 w-full" />
          </div>
        </div>
      ))}
    </div>
  );
}
