/**
 * How a file comes from the server to the disk of the reader.
 *
 * - `link`: the browser itself downloads from a link that needs no key. The server makes such links over TLS only.
 * - `stream`: the page writes what arrives into a file that the reader has chosen. Some browsers can do that.
 * - `memory`: the page collects the file, and hands it to the browser at the end.
 * - `none`: the file is too large to be collected.
 */
type Way = 'link' | 'stream' | 'memory' | 'none';

/** The most bytes that a page collects. */
export const mostInMemory = 500_000_000;

interface File {
  /** The link that the server has made, if it makes links. */
  link: string | null;
  /** Bytes. Null: not known. */
  size: number | null;
  /** Whether the browser lets a page write into a chosen file. */
  canStream: boolean;
}

/** Return the way that needs the least memory, and asks the reader no more than is needed. */
export function wayOf({ link, size, canStream }: File): Way {
  if (link !== null) return 'link';
  if (size !== null && size <= mostInMemory) return 'memory';
  return canStream ? 'stream' : 'none';
}
