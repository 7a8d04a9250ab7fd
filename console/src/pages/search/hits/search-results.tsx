import { Link } from '@tanstack/react-router';

import { useMay } from '@/app/session/session';
import { ClipDialog, type ClipPart } from '@/components/clips/clip-dialog';
import { CutListButton } from '@/components/cut-lists/cut-list-button';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { Skeleton } from '@/components/ui/feedback/skeleton';
import { playground } from '@/pages/search/search-address';
import type { useSearch } from '@/pages/search/requests/use-search';
import { words } from '@/words/en';

import type { HitContext } from './hit-card';
import type { Hit } from './hit-groups';
import { HitList } from './hit-list';
import { pickedHits, useHitPicks } from './hit-picks';

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
  const picks = useHitPicks();
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
      <div className="flex min-h-8 flex-wrap items-center gap-2 px-4 pb-1">
        <p role="status" className="flex items-center gap-2 text-xs text-ink-soft">
          {words.search.found(hits.length, media, hasNextPage)}
          {isFetching && <span className="animate-pulse">{words.search.searching}</span>}
        </p>
        <span className="flex-1" />
        {context.opens && <PickedActions hits={hits} picks={picks} title={sought} />}
      </div>
      <div className="min-h-0 flex-1">
        <HitList
          hits={hits}
          context={context}
          byMedium={byMedium}
          picks={picks}
          onMore={hasNextPage ? () => void fetchNextPage() : null}
          isLoadingMore={isFetchingNextPage}
        />
      </div>
      <ClipDialog part={picks.clipOf === null ? null : clipPartOf(picks.clipOf)} onClose={() => picks.setClipOf(null)} />
    </div>
  );
}

interface PickedActionsProps {
  hits: readonly Hit[];
  picks: ReturnType<typeof useHitPicks>;
  title: string;
}

/** The cut list of the selected hits, or of all that are shown. */
function PickedActions({ hits, picks, title }: PickedActionsProps) {
  const { source, selected } = pickedHits(hits, picks.selected);
  if (source?.type !== 'segments') return null;
  const label = selected > 0 ? words.cutLists.ofSelected(selected) : words.cutLists.ofHits(source.segments.length);
  return (
    <>
      {selected > 0 && (
        <Button look="quiet" onClick={picks.clear}>
          {words.search.clearSelection}
        </Button>
      )}
      <CutListButton source={source} title={title.trim() === '' ? words.cutLists.make : title.trim()} label={label} />
    </>
  );
}

function clipPartOf({ video_id: videoId, video_name, start_time: start, end_time: end }: Hit): ClipPart {
  return { videoId, title: video_name ?? words.search.untitled, start: start ?? 0, end: end ?? 0, duration: null };
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
