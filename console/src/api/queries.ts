import { queryOptions } from '@tanstack/react-query';

import { api, unwrap } from '@/api/client';

/** All indexes, the default index last. */
export const indexesQuery = queryOptions({
  queryKey: ['indexes'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/v2/indexes', { signal })),
});
