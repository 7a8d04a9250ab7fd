import { useInfiniteQuery, useQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/api/client';
import { pollWhile } from '@/api/polling';
import { latestRunsQuery } from '@/pages/prompts/queries';
import { hasEnded, type Run } from '@/pages/runs/queries';
import type { RunsSearch } from '@/pages/runs/run-search';

interface RunList {
  runs: Run[];
  /** The runs before the filters by status and prompt. */
  all: Run[];
  isPending: boolean;
  error: Error | null;
  retry: () => void;
  /** Reads older runs. Null: there are none, or the server lists no more. */
  more: (() => void) | null;
}

/** List runs: of one index page by page, or the newest of all. */
export function useRunList(search: RunsSearch): RunList {
  const ofIndex = useInfiniteQuery({
    queryKey: ['runs', 'index', search.index],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/v2/indexes/{index_id}/prompt-runs', {
          params: { path: { index_id: search.index ?? '' }, query: { limit: 100, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.pagination.next_cursor ?? undefined,
    enabled: search.index !== undefined,
  });
  const latest = useQuery({
    ...latestRunsQuery,
    enabled: search.index === undefined,
    refetchInterval: ({ state }) => pollWhile(!(state.data ?? []).every(hasEnded)),
  });
  const used = search.index === undefined ? latest : ofIndex;
  const all = search.index === undefined ? (latest.data ?? []) : (ofIndex.data?.pages.flatMap((page) => page.data) ?? []);
  const fits = (run: Run) =>
    (search.status === undefined || run.status === search.status) && (search.prompt === undefined || run.prompt_id === search.prompt);
  return {
    runs: all.filter(fits),
    all,
    isPending: used.isPending,
    error: used.error,
    retry: () => void used.refetch(),
    more: search.index !== undefined && ofIndex.hasNextPage && !ofIndex.isFetchingNextPage ? () => void ofIndex.fetchNextPage() : null,
  };
}
