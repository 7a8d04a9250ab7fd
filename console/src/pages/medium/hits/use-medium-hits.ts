import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import { api, unwrap } from '@/api/client';
import type { MediumSearch } from '@/pages/medium/medium-search';

import { type Hit, mediumHits } from './medium-hits';

/** The most hits of one request. */
const limit = 50;

/** The hits of the search that led to a medium, in the run that is shown. There are none without a search. */
export function useMediumHits(videoId: string, runId: string | undefined, { q = '', filter = [] }: MediumSearch): Hit[] {
  const found = useQuery({
    queryKey: ['search', 'in-medium', videoId, runId, q, filter],
    enabled: runId !== undefined && (q.trim() !== '' || filter.length > 0),
    staleTime: 30_000,
    queryFn: ({ signal }) => {
      const scope = { video_ids: [videoId], prompt_run_ids: runId === undefined ? [] : [runId] };
      const filters = filter.map((condition) => ({ ...condition }));
      const body = { ...scope, query: q, filters, limit, result_level: 'segment' as const };
      return unwrap(api.POST('/api/v2/workflow/search', { body, signal }));
    },
  });
  return useMemo(() => mediumHits(found.data?.data ?? []), [found.data]);
}
