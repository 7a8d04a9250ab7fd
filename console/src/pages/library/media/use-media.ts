import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/api/client';
import { pollWhile } from '@/api/polling';
import { queryClient } from '@/api/query-client';
import type { MarkerFilter } from '@/components/markers/marker-colors';
import { type MediaList, type MediaSource, readList, type VideoPage } from '@/pages/library/media/loading';
import { type Medium, mediumOf } from '@/pages/library/media/medium';

/** The id of an index, or null for the playground. */
export type IndexId = string | null;

/** What a list of media holds: those of an index, and only those with a marker. */
interface Wanted {
  indexId: IndexId;
  marker?: MarkerFilter | undefined;
}

function mediaKey({ indexId, marker }: Wanted) {
  return ['videos', 'list', indexId ?? 'playground', marker ?? null] as const;
}

function readPage({ indexId, marker }: Wanted, limit: number, cursor: string | null, signal: AbortSignal): Promise<VideoPage> {
  const query = { limit, ...(marker === undefined ? {} : { marker_color: marker }), ...(cursor === null ? {} : { cursor }) };
  return indexId === null
    ? unwrap(api.GET('/api/v2/playground/videos', { params: { query }, signal }))
    : unwrap(api.GET('/api/v2/indexes/{index_id}/videos', { params: { path: { index_id: indexId }, query }, signal }));
}

function sourceOf(wanted: Wanted, signal: AbortSignal): MediaSource {
  return {
    page: (cursor) => readPage(wanted, 100, cursor, signal),
    statuses: (ids) => unwrap(api.POST('/api/v2/videos/batch/status', { body: { video_ids: [...ids] }, signal })),
    now: () => performance.now(),
  };
}

const isAtWork = (media: readonly Medium[] | undefined) => media?.some(({ status }) => status === 'processing') ?? false;

/** All media of an index, or those with a marker. Pages come one after another in the background; `complete` says when all are there. */
export function useMedia(wanted: Wanted) {
  const queryKey = mediaKey(wanted);
  return useQuery({
    queryKey,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      readList(sourceOf(wanted, signal), queryClient.getQueryData<MediaList>(queryKey), (list) => {
        if (!signal.aborted) queryClient.setQueryData(queryKey, list);
      }),
    refetchInterval: ({ state }) => pollWhile(isAtWork(state.data?.media)),
  });
}

/** The newest media of an index, for its sheet in the library. */
export function newestMedia(indexId: IndexId, limit: number) {
  return queryOptions({
    queryKey: ['videos', 'newest', indexId ?? 'playground', limit],
    queryFn: async ({ signal }) => {
      const page = await readPage({ indexId }, limit, null, signal);
      return { media: page.data.map(mediumOf), more: page.pagination.has_more };
    },
    refetchInterval: ({ state }) => pollWhile(isAtWork(state.data?.media)),
  });
}

/** Take media that are being deleted out of the lists, before the lists are read again. */
export function forgetMedia(ids: ReadonlySet<string>): void {
  queryClient.setQueriesData<MediaList>({ queryKey: ['videos', 'list'] }, (list) =>
    list === undefined ? list : { ...list, media: list.media.filter(({ id }) => !ids.has(id)) },
  );
  void queryClient.invalidateQueries({ queryKey: ['videos'] });
}
