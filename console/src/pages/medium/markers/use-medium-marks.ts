import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import { api, type Models, unwrap } from '@/api/client';
import type { Segment } from '@/pages/medium/medium-data';

import { mediumMarks } from './medium-marks';

const perPage = 100;
const none: readonly Models['Marker'][] = [];

/** The markers of a medium, sorted for the run that is shown. `error` says why they cannot be read. */
export function useMediumMarks(videoId: string, segments: readonly Segment[], runId: string | undefined) {
  const { data, error } = useQuery({
    queryKey: ['markers', 'of-medium', videoId],
    queryFn: ({ signal }) => everyMarker(videoId, signal),
  });
  const marks = useMemo(() => mediumMarks(data ?? none, segments, runId), [data, segments, runId]);
  return { marks, error };
}

async function everyMarker(videoId: string, signal: AbortSignal): Promise<Models['Marker'][]> {
  const found: Models['Marker'][] = [];
  let cursor: string | null = null;
  do {
    const query = { video_id: videoId, limit: perPage, ...(cursor === null ? {} : { cursor }) };
    const page: Models['Page_Marker_'] = await unwrap(api.GET('/api/v2/markers', { params: { query }, signal }));
    found.push(...page.data);
    cursor = page.pagination.next_cursor ?? null;
  } while (cursor !== null);
  return found;
}
