import { useInfiniteQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/api/client';

import type { Look } from './preview-files';
import { anyFile, requestOf, type Selection } from './selection';

/** Files that one look covers. */
const lookFiles = 1000;

/** Look through a store for what a selection takes, a thousand files at a time. */
export function usePreview(selection: Selection) {
  const { connector_id: connectorId, source_prefix: prefix, file_pattern: pattern, recursive } = requestOf(selection);
  return useInfiniteQuery({
    queryKey: ['connectors', connectorId, 'preview', prefix, pattern, recursive],
    queryFn: async ({ pageParam, signal }): Promise<Look> => {
      const list = (body: { pattern: string; recursive: boolean }) =>
        unwrap(
          api.POST('/api/v2/connectors/{connector_id}/browse', {
            params: { path: { connector_id: connectorId } },
            body: { ...body, prefix, limit: lookFiles, start_after: pageParam },
            signal,
          }),
        );
      const everything = list({ pattern: anyFile, recursive: true });
      if (pattern === anyFile && recursive) return everything.then((all) => ({ all, taken: all }));
      const [all, taken] = await Promise.all([everything, list({ pattern, recursive })]);
      return { all, taken };
    },
    initialPageParam: '',
    getNextPageParam: ({ all }) => (all.length < lookFiles ? undefined : all.at(-1)?.path),
    enabled: connectorId !== '',
  });
}
