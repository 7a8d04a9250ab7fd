import { useEffect, useRef, useState } from 'react';

import { api, unwrap } from '@/api/client';
import { onThisServer } from '@/components/media/media-link';
import type { Export } from '@/pages/exports/queries';

import { canStream, openLink, requireFile, saveCollected, saveStreamed } from './file-saving';
import { wayOf } from './way';

/** How far a download is. */
type Download =
  | { state: 'idle' | 'asking' | 'handed-over' | 'saved' | 'too-large' }
  | { state: 'receiving'; bytes: number }
  | { state: 'failed'; error: unknown };

interface Downloading {
  download: Download;
  start: () => void;
  stop: () => void;
}

/** Return the download of an export's file. It stops when the page is left. */
export function useDownload({ export_id: exportId, file_name: name, file_size_bytes: size }: Export): Downloading {
  const [download, setDownload] = useState<Download>({ state: 'idle' });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const stop = () => {
    running.current?.abort();
    setDownload({ state: 'idle' });
  };
  const start = () => {
    const controller = new AbortController();
    running.current?.abort();
    running.current = controller;
    setDownload({ state: 'asking' });
    const path = `/api/v2/exports/${encodeURIComponent(exportId)}/download`;
    const onBytes = (bytes: number) => setDownload({ state: 'receiving', bytes });
    const saving = { path, name, signal: controller.signal, onBytes };
    const run = async (): Promise<Download> => {
      const params = { path: { export_id: exportId } };
      const { download_url: link } = await unwrap(api.POST('/api/v2/exports/{export_id}/download-url', { params, signal: controller.signal }));
      switch (wayOf({ link, size, canStream: canStream() })) {
        case 'link':
          await requireFile(path, controller.signal);
          openLink(onThisServer(link ?? path, window.location), saving.name);
          return { state: 'handed-over' };
        case 'memory':
          await saveCollected(saving);
          return { state: 'saved' };
        case 'stream':
          await saveStreamed(saving);
          return { state: 'saved' };
        case 'none':
          return { state: 'too-large' };
      }
    };
    run().then(
      (ended) => setDownload(ended),
      (error: unknown) => setDownload(isAbort(error) ? { state: 'idle' } : { state: 'failed', error }),
    );
  };
  return { download, start, stop };
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
