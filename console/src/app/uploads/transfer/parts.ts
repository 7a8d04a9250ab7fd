import type { Models } from '@/api/client';

type PartLayout = Pick<Models['Upload'], 'size_bytes' | 'part_size_bytes'>;

/** The bytes of a part in its file, from `start` to before `end`. Parts are numbered from 1. */
export function rangeOf(upload: PartLayout, partNumber: number): { start: number; end: number } {
  const start = (partNumber - 1) * upload.part_size_bytes;
  return { start, end: Math.min(upload.size_bytes, start + upload.part_size_bytes) };
}

/** How many bytes of an upload the server has. */
export function bytesArrived(upload: PartLayout & Pick<Models['Upload'], 'arrived_parts'>): number {
  return upload.arrived_parts.reduce((sum, number) => {
    const { start, end } = rangeOf(upload, number);
    return sum + end - start;
  }, 0);
}

/**
 * Return the address to send a part to. A server that stores parts itself answers with its public address;
 * the page may be open under another name of the same server, which its policy permits alone.
 */
export function addressOf(url: string, origin: string): string {
  const { pathname, search } = new URL(url);
  return pathname === '/upload-parts' ? `${origin}${pathname}${search}` : url;
}
