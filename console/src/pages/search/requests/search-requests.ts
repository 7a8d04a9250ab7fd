import { api, type Models, unwrap } from '@/api/client';
import type { MarkerFilter } from '@/components/markers/marker-colors';
import type { Condition } from '@/pages/search/conditions/conditions';
import type { Hit } from '@/pages/search/hits/hit-groups';

import type { SearchKind, Target } from './search-plan';

/** What every request of one search has. `picture` is base64. */
export interface Query {
  kind: SearchKind;
  words: string;
  picture: string | null;
  conditions: readonly Condition[];
  /** Only for filtered searches. */
  marker: MarkerFilter | null;
  runIds: string[];
  /** Whether the conditions are on results of whole media. */
  ofMedia: boolean;
}

/** One answer. `cursor` continues it where hits come in pages; ranked hits grow with `limit` instead. */
interface Answer {
  hits: Hit[];
  cursor: string | null;
}

/** The most ranked hits of one request, and the hits of one page of the others. */
export const rankedLimits = [30, 100] as const;
const pageSize = 50;

/** Send one request of a search. Throws `ApiProblem`. */
export async function searchTarget(
  query: Query,
  target: Target,
  at: { limit: number; cursor: string | null },
  signal: AbortSignal,
): Promise<Answer> {
  switch (query.kind) {
    case 'ranked':
      return { hits: await ranked(query, target, at.limit, signal), cursor: null };
    case 'filtered':
      return filtered(query, target, at.cursor, signal);
    case 'ranked-and-filtered':
      return rankedAndFiltered(query, target, at.cursor, signal);
  }
}

function ranked({ words, picture, runIds }: Query, target: Target, topK: number, signal: AbortSignal): Promise<Hit[]> {
  if (target.kind === 'playground') {
    const query = runIds[0] === undefined ? {} : { run_id: runIds[0] };
    return unwrap(api.POST('/api/v2/playground/search', { params: { query }, body: { query: words, top_k: topK }, signal }));
  }
  const params = { path: { index_id: target.indexIds[0] ?? '' } };
  const scope = { index_ids: target.indexIds, run_ids: runIds, top_k: topK };
  if (picture === null) {
    const body = { ...scope, query: words, search_fields: [] };
    return unwrap(api.POST('/api/v2/indexes/{index_id}/search', { params, body, signal }));
  }
  if (words.trim() === '') {
    const body = { ...scope, image_data: picture };
    return unwrap(api.POST('/api/v2/indexes/{index_id}/image-search', { params, body, signal }));
  }
  const body = { ...scope, text_query: words, image_data: picture, text_weight: 0.5, image_weight: 0.5, search_fields: [] };
  return unwrap(api.POST('/api/v2/indexes/{index_id}/multimodal-search', { params, body, signal }));
}

async function filtered(query: Query, target: Target, cursor: string | null, signal: AbortSignal): Promise<Answer> {
  const body = {
    conditions: wire(query.conditions),
    marker_color: query.marker,
    run_ids: query.runIds,
    index_ids: target.kind === 'indexes' ? target.indexIds : [],
    page_size: pageSize,
    cursor,
  };
  const answer: Models['FilterSearchResponse'] =
    target.kind === 'playground'
      ? await unwrap(api.POST('/api/v2/search/filter/playground', { body, signal }))
      : await unwrap(
          api.POST('/api/v2/search/filter/{index_id}', { params: { path: { index_id: target.indexIds[0] ?? '' } }, body, signal }),
        );
  return { hits: answer.results, cursor: answer.next_page_token };
}

async function rankedAndFiltered(query: Query, target: Target, cursor: string | null, signal: AbortSignal): Promise<Answer> {
  const answer =
    cursor === null
      ? await unwrap(api.POST('/api/v2/workflow/search', { body: workflowBody(query, target), signal }))
      : await unwrap(api.GET('/api/v2/workflow/search/page', { params: { query: { cursor } }, signal }));
  return { hits: answer.data, cursor: answer.pagination.next_cursor };
}

function workflowBody({ words, conditions, runIds, ofMedia }: Query, target: Target): Models['WorkflowSearchRequest'] {
  return {
    query: words,
    filters: wire(conditions),
    result_level: ofMedia ? 'video' : 'segment',
    limit: pageSize,
    video_ids: [],
    prompt_run_ids: runIds,
    ...(target.kind === 'indexes' ? { index_id: target.indexIds[0] ?? null } : {}),
  };
}

function wire(conditions: readonly Condition[]): Record<string, unknown>[] {
  return conditions.map((condition) => ({ ...condition }));
}
