import { Link } from '@tanstack/react-router';

import { formatDateTime } from '@/components/time/format';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { words } from '@/words/en';

import { type SearchMatch, useMatches } from './queries';
import { SegmentLinks } from './segment-links';

/** The matches of a saved search, those of the newest run first. */
export function MatchList({ id }: { id: string }) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useMatches(id);
  const matches = data?.pages.flatMap((page) => page.data);
  return (
    <section aria-label={words.savedSearches.matches} className="flex flex-col gap-2">
      <h3 className="text-base font-semibold">{words.savedSearches.matches}</h3>
      {error !== null && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {matches === undefined && error === null && <SkeletonRows rows={3} className="h-16 w-full" />}
      {matches?.length === 0 && <EmptyState title={words.savedSearches.noMatches} text={words.savedSearches.noMatchesText} />}
      <ul className="flex flex-col gap-2">
        {matches?.map((match) => (
          <Match key={match.run_id} match={match} />
        ))}
      </ul>
      {hasNextPage && (
        <Button className="self-start" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {words.search.showMore}
        </Button>
      )}
    </section>
  );
}

function Match({ match }: { match: SearchMatch }) {
  return (
    <li className="flex flex-col gap-2 rounded-md border border-line p-4">
      <p className="flex flex-wrap items-baseline justify-between gap-2">
        <span>
          {match.segments.length === 0
            ? words.savedSearches.allDeleted
            : words.savedSearches.found(match.segments.length, match.has_more)}
        </span>
        <span className="flex gap-2 text-xs text-ink-soft">
          <Link to="/runs/$runId" params={{ runId: match.run_id }} className="underline hover:text-ink">
            {words.savedSearches.openRun}
          </Link>
          <time dateTime={match.matched_at} title={match.matched_at}>
            {formatDateTime(match.matched_at)}
          </time>
        </span>
      </p>
      <SegmentLinks segments={match.segments} run={match.run_id} />
    </li>
  );
}
