import { queryOptions } from '@tanstack/react-query';

import { api, unwrap } from '@/api/client';

/** Every prompt that the key can see, the inactive ones included. */
export const promptsQuery = queryOptions({
  queryKey: ['prompts', 'all'],
  queryFn: async ({ signal }) =>
    (await unwrap(api.GET('/api/v2/prompts', { params: { query: { active_only: false } }, signal }))).prompts,
});

export const promptQuery = (promptId: string) =>
  queryOptions({
    queryKey: ['prompts', 'one', promptId],
    queryFn: ({ signal }) => unwrap(api.GET('/api/v2/prompts/{prompt_id}', { params: { path: { prompt_id: promptId } }, signal })),
  });

export const promptUsageQuery = (promptId: string) =>
  queryOptions({
    queryKey: ['prompts', 'usage', promptId],
    queryFn: ({ signal }) => unwrap(api.GET('/api/v2/prompts/{prompt_id}/usage', { params: { path: { prompt_id: promptId } }, signal })),
  });

/** The number of runs that the server lists without an index. */
export const newestRuns = 200;

export const latestRunsQuery = queryOptions({
  queryKey: ['runs', 'latest'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/v2/prompt-runs', { params: { query: { limit: newestRuns } }, signal })),
});

