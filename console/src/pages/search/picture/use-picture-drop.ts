import { useEffect, useEffectEvent, useState } from 'react';

import { pictureIn } from './picture-search';

/** Take pictures that are pasted or dropped anywhere on the page. Return whether a file is over it. */
export function usePictureDrop(onPicture: (file: File) => void): boolean {
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent((transfer: DataTransfer | null, event: Event) => {
    const file = pictureIn(transfer);
    if (file === null) return;
    event.preventDefault();
    onPicture(file);
  });
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    document.addEventListener('paste', (event) => take(event.clipboardData, event), { signal });
    document.addEventListener('dragover', (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    }, { signal });
    document.addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) setOver(false);
    }, { signal });
    document.addEventListener('drop', (event) => {
      if (!hasFiles(event)) return;
      // A file that is no picture is not opened by the browser either.
      event.preventDefault();
      setOver(false);
      take(event.dataTransfer, event);
    }, { signal });
    return () => stop.abort();
  }, []);
  return isOver;
}
