import { queryOptions } from '@tanstack/react-query';

import { api, unwrap } from '@/api/client';

/** The state of the server: its models, queues, storage and health. */
export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/v2/system', { signal })),
});

/** All indexes, the default index last. */
export const indexesQuery = queryOptions({
  queryKey: ['indexes'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/v2/indexes', { signal })),
});
