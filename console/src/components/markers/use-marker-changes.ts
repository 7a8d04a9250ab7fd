import { useMutation, useQueryClient } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';

/** The first parts of the keys of answers that carry markers. */
const carriers = ['markers', 'videos', 'segments', 'runs', 'search'];

/** Set or delete the marker of a target. What shows markers is read again. */
export function useMarkerChanges(target: Models['MarkerTarget'], onDone: () => void) {
  const client = useQueryClient();
  const onSuccess = () => {
    onDone();
    for (const key of carriers) void client.invalidateQueries({ queryKey: [key] });
  };
  const put = useMutation({
    mutationFn: (wanted: Pick<Models['PutMarkerRequest'], 'color' | 'note'>) =>
      unwrap(api.PUT('/api/v2/markers', { body: { target, ...wanted } })),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: (markerId: string) => unwrap(api.DELETE('/api/v2/markers/{marker_id}', { params: { path: { marker_id: markerId } } })),
    onSuccess,
  });
  return { put, remove };
}
