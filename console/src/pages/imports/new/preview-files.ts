import type { Models } from '@/api/client';

import { looksLikeMedium } from './media-pattern';

type StoreFile = Models['CloudFile'];

/** One look at a store: the files under the prefix, and those that the pattern takes, from the same key on. */
export interface Look {
  all: readonly StoreFile[];
  taken: readonly StoreFile[];
}

/** What a selection would import, as far as the store has been looked through. */
export interface Preview {
  files: StoreFile[];
  bytes: number;
  largest: number;
  /** Files under the prefix that the pattern, or the choice of folders, leaves out. */
  leftOut: StoreFile[];
  /** Files to import whose ending is that of no medium. The server decides by their content. */
  doubtful: StoreFile[];
  /** Files to import that will fail, because the server cannot read their keys. */
  unreadable: StoreFile[];
  /** The number of files under the prefix that were looked at. */
  seen: number;
}

/** Put looks together. Those that follow each other may show the same file. */
export function previewOf(looks: readonly Look[]): Preview {
  const taken = new Map(looks.flatMap((look) => look.taken).map((file) => [file.path, file]));
  const all = new Map(looks.flatMap((look) => look.all).map((file) => [file.path, file]));
  const files = [...taken.values()];
  return {
    files,
    bytes: files.reduce((sum, file) => sum + file.size_bytes, 0),
    largest: files.reduce((most, file) => Math.max(most, file.size_bytes), 0),
    leftOut: [...all.values()].filter(({ path }) => !taken.has(path)),
    doubtful: files.filter((file) => file.problem === null && !looksLikeMedium(file)),
    unreadable: files.filter(({ problem }) => problem !== null),
    seen: all.size,
  };
}
