import { useSyncExternalStore } from 'react';

import { queryClient } from '@/api/query-client';
import { nameOfTab, StoredUploads } from '@/app/uploads/stored-uploads';
import { apiGateway } from '@/app/uploads/transfer/gateway';
import type { UploadItem } from '@/app/uploads/upload-item';
import { UploadQueue } from '@/app/uploads/upload-queue';

/** The uploads of this tab. */
export const uploadQueue = new UploadQueue(apiGateway, new StoredUploads(localStorage, nameOfTab()), () => {
  void queryClient.invalidateQueries({ queryKey: ['videos'] });
});

export function useUploads(): readonly UploadItem[] {
  return useSyncExternalStore(uploadQueue.subscribe, uploadQueue.snapshot);
}
