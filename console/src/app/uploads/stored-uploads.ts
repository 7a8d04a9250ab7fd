import { dropKept, keep, kept } from '@/app/session/kept-data';
import { hasEnded, type UploadItem } from '@/app/uploads/upload-item';

const name = 'uploads';

/** Return the unfinished uploads of this tab, so that they can go on after the page is loaded again. */
export function storedUploads(): UploadItem[] {
  return ((kept(name) ?? []) as UploadItem[]).map(afterReload);
}

export function storeUploads(items: readonly UploadItem[]): void {
  const open = items.filter((item) => !hasEnded(item));
  if (open.length === 0) dropKept(name);
  else keep(name, open);
}

/** Return an upload as it is after the page was loaded again: the file is no longer at hand. */
function afterReload(item: UploadItem): UploadItem {
  return item.state === 'importing' || item.state === 'lost' ? item : { ...item, state: 'lost' };
}
