import { ListVideo } from 'lucide-react';

import type { ActivityChange, ActivityKind, ActivityStatus } from '@/app/activity/kinds/kind';
import { countOf, type StreamEvent, textOf } from '@/app/activity/stream/event';
import { api, type Models, unwrap } from '@/api/client';
import { words } from '@/words/en';

/** Prompt runs. */
export const runs: ActivityKind = {
  name: 'runs',
  icon: ListVideo,
  unnamed: words.activity.unnamed.runs,
  read: (event) => (event.type.startsWith('prompt_run.') ? ofEvent(event) : null),
  load: async () => {
    const found = await unwrap(api.GET('/api/v2/prompt-runs', { params: { query: { limit: 50 } } }));
    return found.map(ofRun).filter(({ status }) => status === 'working');
  },
  titleOf: async (id) => (await unwrap(api.GET('/api/v2/prompt-runs/{run_id}', { params: { path: { run_id: id } } }))).prompt_name,
  cancel: async (id) => {
    await unwrap(api.POST('/api/v2/prompt-runs/{run_id}/cancel', { params: { path: { run_id: id } } }));
  },
};

interface Counters {
  media: number;
  ended: number;
  failed: number;
  segments: number;
  segmentsEnded: number;
}

/** A run over one medium counts its segments, because the medium ends only at the end. */
function progressOf({ media, ended, failed, segments, segmentsEnded }: Counters): Pick<ActivityChange, 'progress' | 'detail'> {
  const bySegments = segments > 0 ? segmentsEnded / segments : null;
  const progress = media === 1 ? bySegments : media > 0 ? ended / media : null;
  const counts = words.activity.media(ended, media);
  return { progress, detail: failed > 0 ? `${counts}, ${words.activity.failedMedia(failed)}` : counts };
}

function statusOf(status: string | null): ActivityStatus {
  switch (status) {
    case 'completed':
      return 'done';
    case 'completed_with_failures':
      return 'partial';
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    default:
      return 'working';
  }
}

function pageOf(id: string): string {
  return `/runs/${encodeURIComponent(id)}`;
}

function ofEvent({ payload, at }: StreamEvent): ActivityChange | null {
  const id = textOf(payload, 'run_id');
  if (id === null) return null;
  const ended = ['completed_media', 'partial_media', 'failed_media', 'cancelled_media'].reduce((sum, name) => sum + countOf(payload, name), 0);
  return {
    id,
    status: statusOf(textOf(payload, 'status')),
    error: textOf(payload, 'error'),
    href: pageOf(id),
    startedAt: at,
    ...progressOf({
      media: countOf(payload, 'total_media'),
      ended,
      failed: countOf(payload, 'failed_media'),
      segments: countOf(payload, 'total_segments'),
      segmentsEnded: countOf(payload, 'completed_segments') + countOf(payload, 'field_extraction_failures'),
    }),
  };
}

function ofRun(run: Models['PromptRunWire']): ActivityChange {
  const completed = run.completed_videos + run.completed_audios + run.completed_images;
  const partial = run.partial_videos + run.partial_audios + run.partial_images;
  const failed = run.failed_videos + run.failed_audios + run.failed_images;
  const cancelled = run.cancelled_videos + run.cancelled_audios + run.cancelled_images;
  return {
    id: run.run_id,
    title: run.prompt_name,
    status: statusOf(run.status),
    error: run.error_message,
    href: pageOf(run.run_id),
    startedAt: run.started_at ?? run.executed_at,
    ...progressOf({
      media: run.total_videos + run.total_audios + run.total_images,
      ended: completed + partial + failed + cancelled,
      failed,
      segments: run.total_segments,
      segmentsEnded: run.completed_segments + run.field_extraction_failures,
    }),
  };
}
