import { type ReactNode, useCallback, useRef } from 'react';

import { fitInto, type Size } from '@/components/media/fit';
import { useSize } from '@/components/media/use-size';
import { Captions } from '@/components/player/captions';
import type { Playback } from '@/components/player/playback';
import { PlayerControls, type PlayerControlsProps } from '@/components/player/player-controls';
import { useSource } from '@/components/player/use-source';
import { Button } from '@/components/ui/button';
import { words } from '@/words/en';

const text = words.medium.player;

interface MediaPlayerProps extends Omit<PlayerControlsProps, 'onFullScreen' | 'onPictureInPicture'> {
  playback: Playback;
  /** A link that opens the file without a key; undefined while there is none. */
  url: string | undefined;
  /** Get a new link, because the browser cannot play the last one. */
  onRetry: () => void;
  /** The size of the video in its own pixels; null for audio. */
  size: Size | null;
  /** What is drawn above the video, in its exact place. */
  overlay?: ReactNode;
  /** The captions that are shown, as a WebVTT file with its language. */
  captions?: { file: Blob; language: string | null } | null;
  /** What is drawn instead of a video, such as the waveform of audio. */
  children?: ReactNode;
}

/** A video or audio file with its buttons. `playback` belongs to the page; the player only draws it. */
export function MediaPlayer({ playback, url, onRetry, size, overlay, captions = null, children, ...controls }: MediaPlayerProps) {
  const whole = useRef<HTMLDivElement>(null);
  const attach = useCallback((element: HTMLMediaElement | null) => playback.attach(element), [playback]);
  const source = useSource(url);
  const events = { onPlay: source.onPlay, onPause: source.onPause, onError: source.onError };
  return (
    <section
      ref={whole}
      aria-label={size === null ? text.audio : text.video}
      className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-md border border-line bg-shade"
    >
      {size === null ? (
        <div className="relative flex min-h-40 flex-1 bg-sunken">
          {source.url !== undefined && <audio key={source.url} ref={attach} src={source.url} preload="metadata" {...events} />}
          {children}
        </div>
      ) : (
        <Stage size={size} onClick={() => playback.toggle()} overlay={overlay}>
          {source.url !== undefined && (
            <video key={source.url} ref={attach} src={source.url} preload="metadata" playsInline className="size-full" {...events}>
              {captions !== null && <Captions {...captions} />}
            </video>
          )}
        </Stage>
      )}
      {source.failed && <Failure onRetry={onRetry} />}
      <PlayerControls
        playback={playback}
        {...controls}
        onFullScreen={size !== null && document.fullscreenEnabled ? () => void toggleFullScreen(whole.current) : undefined}
        onPictureInPicture={size !== null && document.pictureInPictureEnabled ? () => void toggleWindow(whole.current) : undefined}
      />
    </section>
  );
}

interface StageProps {
  size: Size;
  onClick: () => void;
  overlay: ReactNode;
  children: ReactNode;
}

/** The room of a video. The video is as large as fits, so that the overlay has exactly its place. */
function Stage({ size, onClick, overlay, children }: StageProps) {
  const room = useRef<HTMLDivElement>(null);
  const available = useSize(room);
  return (
    <div ref={room} className="relative flex aspect-video min-h-0 flex-1 items-center justify-center overflow-hidden bg-shade lg:aspect-auto" onClick={onClick}>
      <div className="absolute" style={fitInto(available, size)}>
        {children}
        {overlay}
      </div>
    </div>
  );
}

function Failure({ onRetry }: { onRetry: () => void }) {
  return (
    <div role="alert" className="flex items-center justify-between gap-2 bg-warning-soft p-2 text-ink">
      {text.failed}
      <Button onClick={onRetry}>{words.shell.tryAgain}</Button>
    </div>
  );
}

/** Show an element, with its buttons, on the full screen, or go back. A browser may refuse. */
export async function toggleFullScreen(element: HTMLElement | null): Promise<void> {
  await (document.fullscreenElement === null ? element?.requestFullscreen() : document.exitFullscreen())?.catch(() => undefined);
}

async function toggleWindow(element: HTMLElement | null): Promise<void> {
  const video = element?.querySelector('video');
  await (document.pictureInPictureElement === null ? video?.requestPictureInPicture() : document.exitPictureInPicture())?.catch(
    () => undefined,
  );
}
