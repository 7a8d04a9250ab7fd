import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';
import { nextStart, pageSize } from '@/pages/connections/connectors/store-level';

export type Connector = Models['Connector'];

const list = ['connectors'] as const;

export function useConnectors() {
  return useQuery({ queryKey: list, queryFn: ({ signal }) => unwrap(api.GET('/api/v2/connectors', { signal })) });
}

/** The files below a folder, in pages. A page begins behind the last folder of the page before. */
export function useStoreFiles(connectorId: string, folder: string) {
  return useInfiniteQuery({
    queryKey: ['connectors', connectorId, 'files', folder],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.POST('/api/v2/connectors/{connector_id}/browse', {
          params: { path: { connector_id: connectorId } },
          body: { prefix: folder, pattern: '*', recursive: true, limit: pageSize, start_after: pageParam },
          signal,
        }),
      ),
    getNextPageParam: (last) => nextStart(folder, last),
  });
}

/** Test a connector. The answer tells the outcome; the list shows it afterwards. */
export function useConnectorTest() {
  return useConnectorMutation((connectorId: string) =>
    unwrap(api.POST('/api/v2/connectors/{connector_id}/test', { params: { path: { connector_id: connectorId } } })),
  );
}

export function useConnectorDeletion() {
  return useConnectorMutation((connectorId: string) =>
    unwrap(api.DELETE('/api/v2/connectors/{connector_id}', { params: { path: { connector_id: connectorId } } })),
  );
}

export function useConnectorChange(connectorId: string) {
  return useConnectorMutation((body: Models['UpdateConnectorRequest']) =>
    unwrap(api.PATCH('/api/v2/connectors/{connector_id}', { params: { path: { connector_id: connectorId } }, body })),
  );
}

/** A mutation after which the list of connectors is read again. */
export function useConnectorMutation<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: list }) });
}
