import { QueryClient } from '@tanstack/react-query';

import { ApiProblem } from '@/api/problem';

/**
 * The cache of answers. Requests that the server refused are not repeated; failures of the network are.
 *
 * Requests are sent also while the browser says that it is offline: a server on the same laptop needs no network.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      networkMode: 'always',
      refetchOnReconnect: true,
      retry: (failures, error) => failures < 2 && !(error instanceof ApiProblem && error.status >= 400 && error.status < 500),
    },
    mutations: { networkMode: 'always' },
  },
});
