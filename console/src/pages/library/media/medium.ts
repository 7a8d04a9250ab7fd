import type { Models } from '@/api/client';
import { isMarked, type ShownMarker } from '@/components/markers/marker-colors';
import { type MediaStatus, mediaStatuses, type MediaType, mediaTypes } from '@/pages/library/library-search';

/** What a tile shows of a medium. A list of 10,000 media keeps these instead of the answers of the API. */
export interface Medium {
  id: string;
  title: string;
  type: MediaType;
  status: MediaStatus;
  /** The share of its segments that the newest run has processed, while the run is at work. */
  progress: number | null;
  /** Seconds; null for a picture. */
  duration: number | null;
  createdAt: string;
  warnings: readonly string[];
  marker: ShownMarker | null;
}

export function mediumOf(video: Models['Video']): Medium {
  return {
    id: video.video_id,
    title: video.title,
    type: mediaTypes.find((type) => type === video.media_type) ?? 'video',
    ...statusOf(video),
    duration: video.duration_seconds,
    createdAt: video.created_at,
    warnings: video.warnings.map((warning) => warning.message),
    marker: isMarked(video.marker) ? video.marker : null,
  };
}

type Statuses = Pick<Models['VideoStatus'], 'status' | 'processing_status'>;

/** Read the status of a medium and the progress of its newest run. */
export function statusOf(video: Statuses): Pick<Medium, 'status' | 'progress'> {
  const status = mediaStatuses.find((each) => each === video.status) ?? 'not_processed';
  const run = video.processing_status[0];
  if (status !== 'processing' || run === undefined) return { status, progress: null };
  const done = run.successful_segments + run.failed_segments;
  return { status, progress: run.total_segments === 0 ? 0 : done / run.total_segments };
}
