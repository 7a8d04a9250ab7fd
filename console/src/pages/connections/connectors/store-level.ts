import type { Models } from '@/api/client';
import { folderBelow } from '@/api/store-folders';

export type StoreFile = Models['CloudFile'];

/** Files that one request lists. */
export const pageSize = 1000;

/** Follows every key of a folder in the order of UTF-8, apart from names that begin beyond the basic plane. */
const last = '\uFFFD';

/** A line of a folder: a folder in it, or a file. */
export type StoreEntry = { kind: 'folder'; path: string; name: string } | { kind: 'file'; file: StoreFile };

/** Return what stands directly in a folder: folders first, each once, then files. */
export function levelOf(folder: string, files: readonly StoreFile[]): StoreEntry[] {
  const folders = new Set<string>();
  const direct: StoreEntry[] = [];
  for (const file of files) {
    const inner = folderBelow(folder, file);
    if (inner === null) direct.push({ kind: 'file', file });
    else folders.add(inner);
  }
  return [...[...folders].map((name): StoreEntry => ({ kind: 'folder', path: `${folder}${name}/`, name })), ...direct];
}

/**
 * Return the key that the next page begins behind, or undefined after the last page. If the page ends within a
 * folder, the rest of the folder is passed over.
 */
export function nextStart(folder: string, page: readonly StoreFile[]): string | undefined {
  const end = page.at(-1);
  if (end === undefined || page.length < pageSize) return undefined;
  const inner = folderBelow(folder, end);
  return inner === null ? end.path : `${folder}${inner}/${last}`;
}

/** Return the folders on the way to a folder, the store itself first. */
export function wayTo(folder: string): { path: string; name: string }[] {
  const names = folder.split('/').filter((name) => name !== '');
  return names.map((name, place) => ({ path: `${names.slice(0, place + 1).join('/')}/`, name }));
}
