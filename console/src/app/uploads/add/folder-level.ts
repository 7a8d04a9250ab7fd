import type { Models } from '@/api/client';
import { folderBelow } from '@/api/store-folders';

type CloudFile = Models['CloudFile'];

/** One level of a store: the folders and files right below a prefix. */
interface FolderLevel {
  /** Names of folders, each with the files that are listed below it. */
  folders: readonly { name: string; prefix: string; files: number }[];
  files: readonly CloudFile[];
}

/** Sort the files of a listing below `prefix` into folders and files of this level. The API lists files alone. */
export function levelOf(listed: readonly CloudFile[], prefix: string): FolderLevel {
  const folders = new Map<string, number>();
  const files: CloudFile[] = [];
  for (const file of listed) {
    const folder = folderBelow(prefix, file);
    if (folder === null) files.push(file);
    else folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  return { folders: [...folders].map(([name, count]) => ({ name, prefix: `${prefix}${name}/`, files: count })), files };
}

/** The folders on the way to a prefix, from the root. */
export function crumbsOf(prefix: string): { name: string; prefix: string }[] {
  const names = prefix.split('/').slice(0, -1);
  return names.map((name, place) => ({ name, prefix: `${names.slice(0, place + 1).join('/')}/` }));
}

type Place = Pick<Models['Connector'], 'provider' | 'bucket' | 'container'>;

/** Return the address of an object in the store of a connector. The key is taken as it is. */
export function addressIn(connector: Place, path: string): string {
  switch (connector.provider) {
    case 's3':
      return `s3://${connector.bucket ?? ''}/${path}`;
    case 'gcs':
      return `gs://${connector.bucket ?? ''}/${path}`;
    case 'azure':
      return `az://${connector.container ?? ''}/${path}`;
  }
}
