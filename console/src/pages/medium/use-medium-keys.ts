import { useMemo } from 'react';

import { type Shortcut, useShortcuts } from '@/app/shortcuts/registry';
import type { Playback } from '@/components/player/playback';
import { words } from '@/words/en';

const text = words.medium.keys;
const jump = 10;
const step = 5;

interface MediumActions {
  playback: Playback;
  /** Frames a second; null for audio and pictures. */
  frameRate: number | null;
  /** Whether the medium has no times. */
  still: boolean;
  onSegment: (by: 1 | -1) => void;
  onToggleBoxes: () => void;
  onCopyLink: () => void;
  onFullScreen: () => void;
  /** Each is absent where it does nothing. */
  onToggleCaptions: (() => void) | undefined;
  onMark: (() => void) | undefined;
  onSelectFrom: (() => void) | undefined;
  onSelectTo: (() => void) | undefined;
}

/** Offer the keys of the page to the reader. */
export function useMediumKeys({ playback, frameRate, still, ...actions }: MediumActions): void {
  const { onSegment, onToggleBoxes, onCopyLink, onFullScreen, onToggleCaptions, onMark, onSelectFrom, onSelectTo } = actions;
  const shortcuts = useMemo((): Shortcut[] => {
    const always: Shortcut[] = [
      { keys: 'c', label: text.copyLink, run: onCopyLink, inPalette: true },
      { keys: 'b', label: text.boxes, run: onToggleBoxes, inPalette: true },
      ...offered(onMark, { keys: 'm', label: words.markers.key, inPalette: true }),
    ];
    if (still) return always;
    const frames: Shortcut[] =
      frameRate === null
        ? []
        : [
            { keys: 'alt+ArrowLeft', label: text.previousFrame, run: () => playback.step(-1, frameRate) },
            { keys: 'alt+ArrowRight', label: text.nextFrame, run: () => playback.step(1, frameRate) },
            { keys: 'f', label: text.fullScreen, run: onFullScreen },
          ];
    return [
      { keys: 'Space', label: text.play, run: () => playback.toggle() },
      { keys: 'k', label: text.play, run: () => playback.toggle() },
      { keys: 'j', label: text.back(jump), run: () => playback.seek(playback.time - jump) },
      { keys: 'l', label: text.forward(jump), run: () => playback.seek(playback.time + jump) },
      { keys: 'ArrowLeft', label: text.back(step), run: () => playback.seek(playback.time - step) },
      { keys: 'ArrowRight', label: text.forward(step), run: () => playback.seek(playback.time + step) },
      { keys: '[', label: text.previousSegment, run: () => onSegment(-1) },
      { keys: ']', label: text.nextSegment, run: () => onSegment(1) },
      ...frames,
      ...offered(onToggleCaptions, { keys: 's', label: text.captions, inPalette: true }),
      ...offered(onSelectFrom, { keys: 'i', label: text.selectFrom }),
      ...offered(onSelectTo, { keys: 'o', label: text.selectTo }),
      ...always,
    ];
  }, [playback, frameRate, still, onSegment, onToggleBoxes, onCopyLink, onFullScreen, onToggleCaptions, onMark, onSelectFrom, onSelectTo]);
  useShortcuts(shortcuts);
}

function offered(run: (() => void) | undefined, shortcut: Omit<Shortcut, 'run'>): Shortcut[] {
  return run === undefined ? [] : [{ ...shortcut, run }];
}
