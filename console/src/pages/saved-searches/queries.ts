import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';

export type SavedSearch = Models['SavedSearch'];
export type SearchMatch = Models['SearchMatch'];
export type MatchedSegment = Models['MatchedSegment'];

const list = ['saved-searches'] as const;

const matchesOnPage = 20;

export function useSavedSearches() {
  return useQuery({ queryKey: list, queryFn: ({ signal }) => unwrap(api.GET('/api/v2/saved-searches', { signal })) });
}

export function useMatches(id: string) {
  return useInfiniteQuery({
    queryKey: [...list, id, 'matches'],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/v2/saved-searches/{saved_search_id}/matches', {
          params: { ...path(id), query: { limit: matchesOnPage, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ pagination }) => pagination.next_cursor,
  });
}

export function useSavedSearchChange(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Models['UpdateSavedSearchRequest']) =>
      unwrap(api.PATCH('/api/v2/saved-searches/{saved_search_id}', { params: path(id), body })),
    onSettled: () => client.invalidateQueries({ queryKey: list }),
  });
}

/** Delete a saved search. `onDeleted` leaves its view, before the list is read without it. */
export function useSavedSearchDeletion(id: string, onDeleted: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE('/api/v2/saved-searches/{saved_search_id}', { params: path(id) })),
    onSuccess: () => {
      onDeleted();
      return client.invalidateQueries({ queryKey: list, exact: true });
    },
  });
}

/** Ask what a saved search matches now. Nothing is stored. */
export function useSavedSearchTest(id: string) {
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/v2/saved-searches/{saved_search_id}/test', { params: path(id) })),
  });
}

function path(id: string) {
  return { path: { saved_search_id: id } };
}
