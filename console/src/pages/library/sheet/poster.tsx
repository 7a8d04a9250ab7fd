import { useEffect, useRef } from 'react';

import { keptPoster, loadPoster } from '@/pages/library/sheet/posters';

/**
 * The poster of a medium. It is lighter than `ApiImage`, because a sheet that scrolls draws dozens a second:
 * it sets the address of the picture without drawing the tile again.
 */
export function Poster({ videoId }: { videoId: string }) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const show = (url: string | undefined) => {
      if (image.current === null) return;
      if (url !== undefined) image.current.src = url;
      image.current.dataset.picture = url === undefined ? 'missing' : 'shown';
    };
    const known = keptPoster(videoId);
    if (known === undefined) return loadPoster(videoId, show);
    show(known);
  }, [videoId]);
  const place = 'absolute inset-0 size-full object-contain not-data-[picture=shown]:invisible';
  return <img ref={image} data-picture="pending" alt="" decoding="async" draggable={false} className={place} />;
}
