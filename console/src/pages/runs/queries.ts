import { queryOptions } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';

export type Run = Models['PromptRunWire'];

const endStatuses: readonly Run['status'][] = ['completed', 'completed_with_failures', 'failed', 'cancelled'];

/** Return whether a run has ended. A run that is not read yet has not. */
export function hasEnded(run: Run | undefined): boolean {
  return run !== undefined && endStatuses.includes(run.status);
}

export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: ['runs', runId, 'run'],
    queryFn: ({ signal }) => unwrap(api.GET('/api/v2/prompt-runs/{run_id}', { params: { path: { run_id: runId } }, signal })),
  });
