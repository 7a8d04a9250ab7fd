import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';

import { api, unwrap } from '@/api/client';
import { idempotencyKey } from '@/api/idempotency-key';
import { pollMilliseconds } from '@/api/polling';

import type { FailedPlace } from './failure-groups';
import { type RetryProgress, type RetryRequests, retrySegments } from './retry-segments';

export interface Retry {
  progress: RetryProgress | null;
  working: boolean;
  start: (places: readonly FailedPlace[]) => void;
  stop: () => void;
}

/** Retry segments of a run. Leaving the page starts no further retries; those that have begun go on. */
export function useRetry(runId: string): Retry {
  const client = useQueryClient();
  const [progress, setProgress] = useState<RetryProgress | null>(null);
  const [working, setWorking] = useState(false);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  return {
    progress,
    working,
    stop: () => running.current?.abort(),
    start: (places) => {
      const controller = new AbortController();
      running.current = controller;
      setWorking(true);
      void retrySegments(places, requestsOf(runId), setProgress, controller.signal).then(() => {
        setWorking(false);
        void client.invalidateQueries({ queryKey: ['runs', runId] });
        void client.invalidateQueries({ queryKey: ['segments'] });
      });
    },
  };
}

function requestsOf(runId: string): RetryRequests {
  const path = (place: FailedPlace) => ({ run_id: runId, video_id: place.videoId, segment_id: place.segmentId });
  return {
    start: async (place) => {
      const header = { 'Idempotency-Key': idempotencyKey() };
      const params = { path: path(place), header };
      const started = await unwrap(
        api.POST('/api/v2/prompt-runs/{run_id}/videos/{video_id}/segments/{segment_id}/retry', { params }),
      );
      return started.retry_id;
    },
    outcome: async (place, retryId) => {
      const params = { path: { ...path(place), retry_id: retryId } };
      const { status, error, field_extraction_succeeded } = await unwrap(
        api.GET('/api/v2/prompt-runs/{run_id}/videos/{video_id}/segments/{segment_id}/retries/{retry_id}', { params }),
      );
      if (status !== 'completed' && status !== 'failed') return null;
      return { succeeded: status === 'completed' && field_extraction_succeeded !== false, error };
    },
    pause: () => new Promise((resolve) => setTimeout(resolve, pollMilliseconds / 2)),
  };
}
