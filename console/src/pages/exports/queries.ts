import { queryOptions } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';
import { pollWhile } from '@/api/polling';

export type Export = Models['Export'];
export type ExportFormat = Models['ExportFormat'];

/** The most exports that the server lists. */
export const newestExports = 100;

/** Return whether an export has ended. One that is not read yet has not. */
export function hasEnded(found: Export | undefined): boolean {
  return found !== undefined && (found.status === 'completed' || found.status === 'failed');
}

/** The newest exports, newest first. They are read again while one is under way. */
export const exportsQuery = queryOptions({
  queryKey: ['exports', 'list'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/v2/exports', { params: { query: { limit: newestExports } }, signal })),
  refetchInterval: ({ state }) => pollWhile(!(state.data ?? []).every(hasEnded)),
});

/** An export. It is read again while it is under way. */
export const exportQuery = (exportId: string) =>
  queryOptions({
    queryKey: ['exports', 'one', exportId],
    queryFn: ({ signal }) => unwrap(api.GET('/api/v2/exports/{export_id}', { params: { path: { export_id: exportId } }, signal })),
    refetchInterval: ({ state: { data, status } }) => pollWhile(status !== 'error' && !hasEnded(data)),
  });
