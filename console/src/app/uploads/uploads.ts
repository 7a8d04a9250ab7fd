import { useSyncExternalStore } from 'react';

import { queryClient } from '@/api/query-client';
import { onForgotten } from '@/app/session/kept-data';
import { apiGateway } from '@/app/uploads/transfer/gateway';
import type { UploadItem } from '@/app/uploads/upload-item';
import { UploadQueue } from '@/app/uploads/upload-queue';

/** The uploads of this tab. */
export const uploadQueue = new UploadQueue(apiGateway, () => {
  void queryClient.invalidateQueries({ queryKey: ['videos'] });
});
onForgotten(() => uploadQueue.forget());

export function useUploads(): readonly UploadItem[] {
  return useSyncExternalStore(uploadQueue.subscribe, uploadQueue.snapshot);
}
