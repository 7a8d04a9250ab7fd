import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';
import { pollWhile } from '@/api/polling';

export type Clip = Models['Clip'];

export function isBeingMade({ status }: Pick<Clip, 'status'>): boolean {
  return status === 'pending' || status === 'processing';
}

/** The clips of a medium, newest first. They are read again while one is being made. */
export function useClips(videoId: string, enabled = true) {
  return useQuery({
    queryKey: ['clips', videoId],
    enabled,
    queryFn: async ({ signal }) =>
      (await unwrap(api.GET('/api/v2/videos/{video_id}/clips', { params: { path: { video_id: videoId } }, signal }))).clips,
    refetchInterval: ({ state }) => pollWhile(state.data?.some(isBeingMade) === true),
  });
}

/** Make and delete clips of a medium. */
export function useClipChanges(videoId: string) {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ['clips', videoId] });
  const make = useMutation({
    mutationFn: (body: Models['CreateClipRequest']) =>
      unwrap(api.POST('/api/v2/videos/{video_id}/clips', { params: { path: { video_id: videoId } }, body })),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: (clipId: string) =>
      unwrap(api.DELETE('/api/v2/videos/{video_id}/clips/{clip_id}', { params: { path: { video_id: videoId, clip_id: clipId } } })),
    onSuccess,
  });
  return { make, remove };
}
