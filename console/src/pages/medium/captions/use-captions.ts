import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';

import { fetchFile } from '@/api/client';

/** The captions of a video: whether they are shown, and their file as soon as they are. */
export interface CaptionsState {
  shown: boolean;
  toggle: () => void;
  file: Blob | undefined;
  failed: boolean;
  retry: () => void;
}

/** Read the transcript of a medium as captions, once they are asked for. Null for a medium without any. */
export function useCaptions(videoId: string, available: boolean): CaptionsState | null {
  const [wanted, setWanted] = useState(false);
  const shown = wanted && available;
  const { data, isError, refetch } = useQuery({
    queryKey: ['segments', videoId, 'captions'],
    enabled: shown,
    staleTime: Infinity,
    queryFn: ({ signal }) => fetchFile(`/api/v2/videos/${encodeURIComponent(videoId)}/transcript?format=vtt`, signal),
  });
  const toggle = useCallback(() => setWanted((before) => !before), []);
  if (!available) return null;
  return { shown, toggle, file: shown ? data : undefined, failed: shown && isError, retry: () => void refetch() };
}
