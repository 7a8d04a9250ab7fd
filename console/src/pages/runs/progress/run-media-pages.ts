import { queryOptions } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';
import { ApiProblem } from '@/api/problem';
import { indexesQuery } from '@/api/queries';
import { queryClient } from '@/api/query-client';
import type { Run } from '@/pages/runs/queries';
import { targetOf } from '@/pages/runs/run-target';

/** A medium of a run with how far it is. */
export interface RunMedium {
  videoId: string;
  /** Null for a medium that does not exist any more. */
  status: string | null;
  total: number;
  done: number;
  failed: number;
}

interface RunMediaPage {
  media: RunMedium[];
  next: string | null;
}

const named = 50;

/** Read a page of the media of a run. `cursor` is null for the first one. */
export async function runMediaPage(run: Run, cursor: string | null, signal: AbortSignal): Promise<RunMediaPage> {
  const target = targetOf(run);
  if (target.kind === 'videos') {
    const from = Number(cursor ?? 0);
    const ids = target.videoIds.slice(from, from + named);
    const found = await statusesOf(ids, signal);
    const media = ids.map((id) => mediumOf(id, found.get(id), run.run_id));
    return { media, next: from + named < target.videoIds.length ? String(from + named) : null };
  }
  const indexId = target.kind === 'playground' ? null : target.indexId;
  if (indexId !== null && !(await isListed(indexId))) return { media: [], next: null };
  const query = { limit: 100, cursor };
  const page =
    indexId === null
      ? await unwrap(api.GET('/api/v2/playground/videos', { params: { query }, signal }))
      : await unwrap(api.GET('/api/v2/indexes/{index_id}/videos', { params: { path: { index_id: indexId }, query }, signal }));
  // Media that came after the run have no status of it.
  const media = page.data.filter((medium) => statusIn(medium, run.run_id) !== undefined);
  return { media: media.map((medium) => mediumOf(medium.video_id, medium, run.run_id)), next: page.pagination.next_cursor ?? null };
}

/** Return whether an index exists. The server does not list one that is being deleted. */
async function isListed(indexId: string): Promise<boolean> {
  const indexes = await queryClient.query({ ...indexesQuery, staleTime: 'static' });
  return indexes.some(({ index_id }) => index_id === indexId);
}

type WithStatus = Pick<Models['Video'], 'video_id' | 'processing_status'>;

function statusIn(medium: WithStatus | undefined, runId: string) {
  return medium?.processing_status.find((status) => status.run_id === runId);
}

function mediumOf(videoId: string, medium: WithStatus | undefined, runId: string): RunMedium {
  const status = statusIn(medium, runId);
  if (status === undefined) return { videoId, status: medium === undefined ? null : 'pending', total: 0, done: 0, failed: 0 };
  return {
    videoId,
    status: status.status,
    total: status.total_segments,
    done: status.successful_segments + status.failed_segments,
    failed: status.failed_segments,
  };
}

/** Read the status of media by id. The server refuses a list with a deleted medium, so they are then read one by one. */
async function statusesOf(ids: string[], signal: AbortSignal): Promise<Map<string, WithStatus>> {
  try {
    const found = await unwrap(api.POST('/api/v2/videos/batch/status', { body: { video_ids: ids }, signal }));
    return new Map(found.map((medium) => [medium.video_id, medium]));
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 404) throw error;
    const found = await Promise.all(ids.map((id) => videoOf(id, signal)));
    return new Map(found.filter((medium) => medium !== null).map((medium) => [medium.video_id, medium]));
  }
}

async function videoOf(videoId: string, signal: AbortSignal): Promise<Models['Video'] | null> {
  try {
    return await unwrap(api.GET('/api/v2/videos/{video_id}', { params: { path: { video_id: videoId } }, signal }));
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

/** The title of a medium. It does not change, so it is read once. */
export const titleQuery = (videoId: string) =>
  queryOptions({
    queryKey: ['video-title', videoId],
    queryFn: async ({ signal }) => (await videoOf(videoId, signal))?.title ?? null,
    staleTime: Infinity,
  });
