import { useQuery } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';
import { pollWhile } from '@/api/polling';
import { parsedSchema } from '@/pages/medium/results/field-schema';

export type Medium = Models['Video'];
export type Segment = Models['Segment'];
export type Run = Models['PromptRunWire'];
export type RunState = Models['PromptRunProcessingStatus'];

const segmentsPerPage = 100;

export function isAtWork(state: { status: string } | undefined): boolean {
  return state !== undefined && ['pending', 'processing'].includes(state.status);
}

export function useMedium(videoId: string) {
  return useQuery({
    queryKey: ['videos', videoId],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v2/videos/{video_id}', { params: { path: { video_id: videoId } }, signal })),
    refetchInterval: ({ state }) => pollWhile(state.data?.processing_status.some(isAtWork) === true),
  });
}

/** What the models saw, heard and read. It has the key of segments, because the same events change both. */
export function useTimeline(videoId: string, atWork: boolean) {
  return useQuery({
    queryKey: ['segments', videoId, 'timeline'],
    queryFn: async ({ signal }) => {
      const params = { path: { video_id: videoId } };
      const found = await unwrap(api.GET('/api/v2/videos/{video_id}/timeline', { params, signal }));
      return found as Models['VideoTimeline']; // openapi-fetch takes tuples for lists
    },
    refetchInterval: ({ state }) => pollWhile(atWork && state.data?.analysed !== true),
  });
}

export function useRunsOfMedium(videoId: string) {
  return useQuery({
    queryKey: ['runs', 'of-medium', videoId],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v2/videos/{video_id}/prompt-runs', { params: { path: { video_id: videoId } }, signal })),
  });
}

/** All segments of a run, in order of time. Without a run there are none. They are read again as its state changes. */
export function useSegments(videoId: string, runId: string | undefined, state: RunState | undefined) {
  return useQuery({
    queryKey: ['segments', videoId, runId, state?.updated_at ?? null],
    enabled: runId !== undefined,
    queryFn: ({ signal }) => everySegment(videoId, runId ?? '', signal),
    placeholderData: (previous, query) => (query?.queryKey[2] === runId ? previous : undefined),
    refetchInterval: pollWhile(isAtWork(state)),
  });
}

async function everySegment(videoId: string, runId: string, signal: AbortSignal): Promise<Segment[]> {
  const found: Segment[] = [];
  let cursor: string | null = null;
  do {
    const query: { run_id: string; limit: number; cursor?: string } = { run_id: runId, limit: segmentsPerPage };
    if (cursor !== null) query.cursor = cursor;
    const params = { path: { video_id: videoId }, query };
    const page: Models['Page_Segment_'] = await unwrap(api.GET('/api/v2/videos/{video_id}/segments', { params, signal }));
    found.push(...page.data);
    cursor = page.pagination.next_cursor ?? null;
  } while (cursor !== null);
  return found;
}

/** The schema of a run's prompt; null while the run has no result of the medium. */
export function useRunSchema(videoId: string, runId: string | undefined, resultCount: number) {
  return useQuery({
    queryKey: ['runs', runId, 'schema', videoId, resultCount > 0],
    enabled: runId !== undefined && resultCount > 0,
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const params = { path: { run_id: runId ?? '' }, query: { video_id: videoId, limit: 1 } };
      const page = await unwrap(api.GET('/api/v2/prompt-runs/{run_id}/results', { params, signal }));
      return parsedSchema(page.data[0]?.schema_used);
    },
  });
}

/** The result for the whole medium. `available` says whether the run has made one. */
export function useMediumResult(videoId: string, runId: string | undefined, available: boolean) {
  return useQuery({
    queryKey: ['segments', videoId, runId, 'whole'],
    enabled: runId !== undefined && available,
    queryFn: ({ signal }) => {
      const params = { path: { run_id: runId ?? '', video_id: videoId } };
      const path = '/api/v2/prompt-runs/{run_id}/videos/{video_id}/video-result';
      return unwrap(api.GET(path, { params, signal }));
    },
  });
}

/** Why a run failed on the medium as a whole; null if it did not. */
export function useMediumFailure(videoId: string, runId: string | undefined, failed: boolean) {
  return useQuery({
    queryKey: ['runs', runId, 'failure', videoId],
    enabled: runId !== undefined && failed,
    queryFn: async ({ signal }) => {
      const params = { path: { run_id: runId ?? '' } };
      const found = await unwrap(api.GET('/api/v2/prompt-runs/{run_id}/failed-segments', { params, signal }));
      return found.videos.find((video) => video.video_id === videoId) ?? null;
    },
  });
}

/** Choose the run to show: the one of the address, else the newest with results, else the newest. */
export function chosenRun(runs: readonly Run[], states: readonly RunState[], requested: string | undefined): Run | undefined {
  const withResults = new Set(states.filter((state) => state.successful_segments > 0).map((state) => state.run_id));
  return (
    runs.find((run) => run.run_id === requested) ?? runs.find((run) => withResults.has(run.run_id)) ?? runs[0]
  );
}
