import { QueryClient } from '@tanstack/react-query';

import { ApiProblem } from '@/api/problem';

/** The cache of answers. Requests that the server refused are not repeated; failures of the network are. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => failures < 2 && !(error instanceof ApiProblem && error.status >= 400 && error.status < 500),
    },
  },
});
