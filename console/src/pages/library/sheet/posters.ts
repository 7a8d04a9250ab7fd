import { fetchFile } from '@/api/client';

/** The posters that are kept, as addresses of this page. A screen shows far fewer. */
const most = 500;
/** A tile that is scrolled past within this time asks for nothing, in milliseconds. */
const settle = 60;

const kept = new Map<string, string>();

/** Return the address of a poster that is kept, or undefined. */
export function keptPoster(videoId: string): string | undefined {
  return kept.get(videoId);
}

/** Fetch the poster of a medium and call `show` with its address, or with undefined if there is none. Return what stops it. */
export function loadPoster(videoId: string, show: (url: string | undefined) => void): () => void {
  const abort = new AbortController();
  const timer = setTimeout(() => {
    fetchFile(`/api/v2/videos/${encodeURIComponent(videoId)}/thumbnail`, abort.signal).then(
      (blob) => show(keep(videoId, blob)),
      () => abort.signal.aborted || show(undefined), // the tile stays grey
    );
  }, settle);
  return () => {
    clearTimeout(timer);
    abort.abort();
  };
}

function keep(videoId: string, blob: Blob): string {
  const url = URL.createObjectURL(blob);
  kept.set(videoId, url);
  for (const [oldest, oldUrl] of kept) {
    if (kept.size <= most) break;
    kept.delete(oldest);
    URL.revokeObjectURL(oldUrl);
  }
  return url;
}
