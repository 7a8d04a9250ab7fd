import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';
import { latestRunsQuery } from '@/pages/prompts/queries';
import type { Run } from '@/pages/runs/queries';

import { type ExpectedTime, expectedTime } from './expected-time';

type MediaKind = 'video' | 'audio' | 'image';

/** What a run takes, before it starts. */
export interface RunEstimate {
  media: number;
  kinds: Record<MediaKind, number>;
  seconds: number;
  units: number;
  time: ExpectedTime | null;
  /** Tokens, by the last completed run of the prompt. Null: there is none. */
  tokens: number | null;
}

/** Estimate a run. The server says what is processed; earlier runs say how long it takes and how many tokens. */
export function useEstimate(body: Models['ExecuteRequest'] | null) {
  const asked = useQuery({
    queryKey: ['runs', 'estimate', body],
    queryFn: ({ signal }) => unwrap(api.POST('/api/v2/prompt-runs/estimate', { body: body as Models['ExecuteRequest'], signal })),
    enabled: body !== null,
    placeholderData: keepPreviousData,
  });
  const runs = useQuery(latestRunsQuery);
  const last = lastRunOf(runs.data ?? [], body?.prompt_id);
  const calls = useQuery({ ...tokensQuery(last?.run_id ?? ''), enabled: last !== null });
  const estimate = body === null || asked.data === undefined ? null : estimateOf(asked.data, runs.data ?? [], body.prompt_id);
  const tokens = last === null || calls.data === undefined || estimate === null ? null : scaled(calls.data, last, estimate);
  return { estimate: estimate && { ...estimate, tokens }, error: body === null ? null : asked.error, retry: () => void asked.refetch() };
}

function estimateOf(found: Models['CostEstimate'], runs: readonly Run[], promptId: string): RunEstimate {
  const detail = (found.breakdown.prompt_run_estimate ?? {}) as Record<string, unknown>;
  const count = (name: string) => (typeof detail[name] === 'number' ? detail[name] : 0);
  const media = count('eligible_item_count');
  const seconds = count('total_seconds');
  return {
    media,
    seconds,
    kinds: { video: count('video_count'), audio: count('audio_count'), image: count('image_count') },
    units: found.estimated_mt,
    time: expectedTime(runs, promptId, seconds, media),
    tokens: null,
  };
}

function lastRunOf(runs: readonly Run[], promptId: string | undefined): Run | null {
  return runs.find((run) => run.prompt_id === promptId && run.status === 'completed') ?? null;
}

const tokensQuery = (runId: string) =>
  queryOptions({
    queryKey: ['run-tokens', runId],
    queryFn: async ({ signal }) => {
      const calls = await unwrap(api.GET('/api/v2/prompt-runs/{run_id}/llm-calls', { params: { path: { run_id: runId } }, signal }));
      return calls.reduce((total, call) => total + call.total_tokens, 0);
    },
    staleTime: Infinity,
  });

function scaled(tokens: number, last: Run, estimate: RunEstimate): number | null {
  if (tokens === 0) return 0;
  if (last.total_video_seconds > 0) return (tokens / last.total_video_seconds) * estimate.seconds;
  return last.total_segments > 0 ? (tokens / last.total_segments) * estimate.media : null;
}
