import type { Models } from './client';

/** Parts of a key that no prefix may have. The server reads no object below them. */
const unreadable = new Set(['', '.', '..']);

// eslint-disable-next-line no-control-regex -- the rule of the server is about control characters
const control = /[\0-\x1f\x7f]/;

/**
 * Return the name of the folder right below `prefix` in which a file is, or null if it is a file of that level. A file
 * whose next folder cannot be opened stays on the level.
 */
export function folderBelow(prefix: string, { path }: Pick<Models['CloudFile'], 'path'>): string | null {
  const rest = path.slice(prefix.length);
  const slash = rest.indexOf('/');
  const name = rest.slice(0, Math.max(slash, 0));
  return unreadable.has(name) || control.test(name) ? null : name;
}
