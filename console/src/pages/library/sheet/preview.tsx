import { type RefObject, useEffect, useRef, useState } from 'react';

import { ApiImage } from '@/components/media/api-image';
import { canScrub, decodePreview, previewPath, type PreviewFrames } from '@/pages/library/sheet/preview-frames';

interface PreviewProps {
  videoId: string;
  /** Where the pointer is on the tile, from 0 at the left to 1 at the right. */
  share: RefObject<number>;
  /** Called by the tile when the pointer moves. */
  onReady: (draw: (() => void) | null) => void;
}

/** The preview of a medium over its poster. It shows the frame that belongs to the place of the pointer. */
export function Preview({ videoId, share, onReady }: PreviewProps) {
  return canScrub ? (
    <ScrubbedPreview videoId={videoId} share={share} onReady={onReady} />
  ) : (
    <ApiImage path={previewPath(videoId)} alt="" className="absolute inset-0 size-full object-contain" />
  );
}

function ScrubbedPreview({ videoId, share, onReady }: PreviewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const bar = useRef<HTMLSpanElement>(null);
  const [isReady, setReady] = useState(false);

  useEffect(() => {
    const abort = new AbortController();
    let preview: PreviewFrames | null = null;
    const draw = () => {
      if (preview !== null) drawFrame(canvas.current, preview, share.current);
      if (bar.current !== null) bar.current.style.left = `${share.current * 100}%`;
    };
    decodePreview(videoId, abort.signal).then(
      (decoded) => {
        if (abort.signal.aborted) {
          decoded.close();
          return;
        }
        preview = decoded;
        setReady(true);
        draw();
        onReady(draw);
      },
      () => undefined, // a medium without a preview keeps its poster
    );
    return () => {
      abort.abort();
      onReady(null);
      preview?.close();
    };
  }, [videoId, share, onReady]);

  return (
    <span className={`absolute inset-0 bg-shade ${isReady ? '' : 'invisible'}`}>
      <canvas ref={canvas} className="size-full object-contain" aria-hidden />
      <span ref={bar} className="absolute inset-y-0 w-0.5 bg-accent" />
    </span>
  );
}

function drawFrame(canvas: HTMLCanvasElement | null, { frames }: PreviewFrames, share: number): void {
  const frame = frames[Math.min(frames.length - 1, Math.floor(share * frames.length))];
  if (canvas === null || frame === undefined) return;
  if (canvas.width !== frame.displayWidth || canvas.height !== frame.displayHeight) {
    canvas.width = frame.displayWidth;
    canvas.height = frame.displayHeight;
  }
  canvas.getContext('2d')?.drawImage(frame, 0, 0);
}
