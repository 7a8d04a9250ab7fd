import {
  Captions,
  ChevronFirst,
  ChevronLast,
  Maximize,
  Pause,
  PictureInPicture2,
  Play,
  ScanText,
  StepBack,
  StepForward,
  Volume2,
  VolumeX,
} from 'lucide-react';
import type { ReactNode } from 'react';

import { formatSeconds } from '@/components/time/format';
import { Select } from '@/components/ui/forms/select';
import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';

import type { Playback } from './playback';
import { usePlayback } from './use-playback';

const text = words.medium.player;
const rates = ['0.5', '0.75', '1', '1.25', '1.5', '2', '3'];

export interface PlayerControlsProps {
  playback: Playback;
  /** The length in seconds, also before the browser knows it. */
  duration: number;
  /** Frames a second; null for audio. */
  frameRate: number | null;
  onPreviousSegment?: (() => void) | undefined;
  onNextSegment?: (() => void) | undefined;
  boxesShown?: boolean | undefined;
  onToggleBoxes?: (() => void) | undefined;
  captionsShown?: boolean | undefined;
  onToggleCaptions?: (() => void) | undefined;
  onFullScreen?: (() => void) | undefined;
  onPictureInPicture?: (() => void) | undefined;
}

/** The buttons under a medium: play, position, steps, volume, speed and screen. */
export function PlayerControls({ playback, duration, frameRate, ...actions }: PlayerControlsProps) {
  const { onPreviousSegment, onNextSegment, boxesShown = false, onToggleBoxes, onFullScreen, onPictureInPicture } = actions;
  const { captionsShown = false, onToggleCaptions } = actions;
  const paused = usePlayback(playback, (each) => each.paused);
  return (
    <div role="group" aria-label={text.controls} className="flex flex-col bg-raised px-2 pt-1 pb-2 text-ink">
      <Position playback={playback} duration={duration} />
      <div className="flex flex-wrap items-center gap-1">
        <IconButton icon={paused ? Play : Pause} label={paused ? text.play : text.pause} onClick={() => playback.toggle()} />
        <WideOnly>
          {onPreviousSegment && <IconButton icon={ChevronFirst} label={text.previousSegment} onClick={onPreviousSegment} />}
          {onNextSegment && <IconButton icon={ChevronLast} label={text.nextSegment} onClick={onNextSegment} />}
        </WideOnly>
        {frameRate !== null && (
          <WideOnly>
            <IconButton icon={StepBack} label={text.previousFrame} onClick={() => playback.step(-1, frameRate)} />
            <IconButton icon={StepForward} label={text.nextFrame} onClick={() => playback.step(1, frameRate)} />
          </WideOnly>
        )}
        <Clock playback={playback} duration={duration} />
        <span className="flex-1" />
        <WideOnly>
          <Volume playback={playback} />
        </WideOnly>
        <Speed playback={playback} />
        {onToggleCaptions && (
          <IconButton
            icon={Captions}
            label={text.captions}
            aria-pressed={captionsShown}
            className={captionsShown ? 'bg-accent-soft' : ''}
            onClick={onToggleCaptions}
          />
        )}
        {onToggleBoxes && (
          <IconButton
            icon={ScanText}
            label={text.boxes}
            aria-pressed={boxesShown}
            className={boxesShown ? 'bg-accent-soft' : ''}
            onClick={onToggleBoxes}
          />
        )}
        {onPictureInPicture && (
          <WideOnly>
            <IconButton icon={PictureInPicture2} label={text.pictureInPicture} onClick={onPictureInPicture} />
          </WideOnly>
        )}
        {onFullScreen && <IconButton icon={Maximize} label={text.fullScreen} onClick={onFullScreen} />}
      </div>
    </div>
  );
}

/** What a phone has no room for. */
function WideOnly({ children }: { children: ReactNode }) {
  return <span className="hidden sm:contents">{children}</span>;
}

function Position({ playback, duration }: { playback: Playback; duration: number }) {
  const time = usePlayback(playback, (each) => Math.round(each.time * 10) / 10);
  return (
    <input
      type="range"
      aria-label={text.position}
      aria-valuetext={words.medium.timeline.position(formatSeconds(time), formatSeconds(duration))}
      className="h-6 w-full accent-accent"
      min={0}
      max={Math.max(duration, 0.1)}
      step={0.1}
      value={Math.min(time, duration)}
      onChange={(event) => playback.seek(event.target.valueAsNumber)}
    />
  );
}

function Clock({ playback, duration }: { playback: Playback; duration: number }) {
  const time = usePlayback(playback, (each) => formatSeconds(each.time));
  return (
    <span className="px-2 whitespace-nowrap" data-testid="clock">
      {time} <span className="text-ink-soft">/ {formatSeconds(duration)}</span>
    </span>
  );
}

function Volume({ playback }: { playback: Playback }) {
  const volume = usePlayback(playback, (each) => each.volume);
  const silent = volume === 0;
  return (
    <>
      <IconButton
        icon={silent ? VolumeX : Volume2}
        label={silent ? text.unmute : text.mute}
        onClick={() => playback.toggleMuted()}
      />
      <input
        type="range"
        aria-label={text.volume}
        className="h-6 w-20 accent-accent"
        min={0}
        max={1}
        step={0.05}
        value={volume}
        onChange={(event) => playback.setVolume(event.target.valueAsNumber)}
      />
    </>
  );
}

function Speed({ playback }: { playback: Playback }) {
  const rate = usePlayback(playback, (each) => each.rate);
  const options = rates.map((value) => ({ value, label: text.speedOf(Number(value)) }));
  return (
    <Select
      label={text.speed}
      hideLabel
      value={String(rate)}
      onChange={(value) => playback.setRate(Number(value))}
      options={options}
      className="w-20"
    />
  );
}
