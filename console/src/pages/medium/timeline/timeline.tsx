import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';

import type { Models } from '@/api/client';
import type { Playback } from '@/components/player/playback';
import { usePlayback } from '@/components/player/use-playback';
import { formatSeconds } from '@/components/time/format';
import { useSize } from '@/components/media/use-size';
import { words } from '@/words/en';

import type { Hit } from '../hits/medium-hits';
import type { Mark } from '../markers/medium-marks';
import { MarksLane, MarksName } from '../markers/marks-lane';
import { HoverCard } from './hover-card';
import { HitsLane, HitsName } from './hits-lane';
import { labelStep, secondAt, type Span } from './lane-paths';
import { CutsLane, LaneNames, SegmentsLane, SpansLane } from './lanes';

const text = words.medium.timeline;
const step = 5;

/** A segment as the timeline draws it. */
export interface TimelineSegment extends Span {
  failed: boolean;
}

interface TimelineProps {
  playback: Playback;
  duration: number;
  segments: readonly TimelineSegment[];
  timeline: Models['VideoTimeline'] | undefined;
  /** The hits of the search that led here. */
  hits: readonly Hit[];
  marks: readonly Mark[];
  /** The part that the reader selects. */
  selected: Span | null;
  /** The second of the link that opened the page. */
  mark: number | undefined;
}

/** What the medium has over its time, with the playhead. A click, a drag or the keyboard moves it. */
export function Timeline({ playback, duration, segments, timeline, hits, marks, selected, mark }: TimelineProps) {
  const lanes = useRef<HTMLDivElement>(null);
  const { width } = useSize(lanes);
  const [hovered, setHovered] = useState<number | null>(null);
  const second = usePlayback(playback, ({ time }) => Math.floor(time));
  const secondOf = (event: PointerEvent) =>
    secondAt(event.clientX - event.currentTarget.getBoundingClientRect().left, width, duration);
  const { shots = [], speech = [], text_lines: lines = [] } = timeline ?? {};
  const names = [
    text.segments,
    ...(shots.length > 0 ? [text.shots] : []),
    ...(speech.length > 0 ? [text.speech] : []),
    ...(lines.length > 0 ? [text.text] : []),
  ];
  return (
    <div className="flex px-4" data-testid="timeline">
      <div className="shrink-0">
        <LaneNames names={names} />
        {marks.length > 0 && <MarksName />}
        {hits.length > 0 && <HitsName />}
      </div>
      <div className="relative min-w-0 flex-1">
        <div
          ref={lanes}
          role="slider"
          tabIndex={0}
          aria-label={text.label}
          aria-valuemin={0}
          aria-valuemax={Math.ceil(duration)}
          aria-valuenow={second}
          aria-valuetext={text.position(formatSeconds(second), formatSeconds(duration))}
          className="relative flex cursor-pointer touch-pan-y flex-col gap-1 rounded-md border border-line bg-raised py-1 select-none"
          onKeyDown={(event) => moveByKey(event, playback, duration)}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            playback.seek(secondOf(event));
          }}
          onPointerMove={(event) => {
            const at = secondOf(event);
            setHovered(at);
            if (event.currentTarget.hasPointerCapture(event.pointerId)) playback.seek(at);
          }}
          onPointerLeave={() => setHovered(null)}
        >
          <SegmentsLane name={text.segments} playback={playback} segments={segments} duration={duration} />
          {shots.length > 0 && <CutsLane name={text.shots} spans={shots} duration={duration} />}
          {speech.length > 0 && <SpansLane name={text.speech} spans={speech} duration={duration} look="fill-accent" />}
          {lines.length > 0 && <SpansLane name={text.text} spans={lines} duration={duration} look="fill-ink-soft" />}
          {selected !== null && duration > 0 && <Selected span={selected} duration={duration} />}
          {mark !== undefined && duration > 0 && (
            <div
              title={text.start}
              className="pointer-events-none absolute -top-1 size-2 -translate-x-1/2 rotate-45 bg-accent"
              style={{ left: `${(Math.min(mark, duration) / duration) * 100}%` }}
            />
          )}
          <Playhead playback={playback} duration={duration} />
        </div>
        {hovered !== null && (
          <HoverCard second={hovered} duration={duration} width={width} segments={segments} frames={timeline?.frames ?? []} />
        )}
        {marks.length > 0 && <MarksLane marks={marks} duration={duration} onMark={({ start }) => playback.seekToStart(start)} />}
        {hits.length > 0 && <HitsLane hits={hits} duration={duration} onHit={(hit) => playback.seekToStart(hit.start)} />}
        <Scale duration={duration} width={width} />
      </div>
    </div>
  );
}

function moveByKey(event: KeyboardEvent, playback: Playback, duration: number): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const targets: Record<string, number> = {
    ArrowLeft: playback.time - step,
    ArrowDown: playback.time - step,
    ArrowRight: playback.time + step,
    ArrowUp: playback.time + step,
    PageUp: playback.time + 12 * step,
    PageDown: playback.time - 12 * step,
    Home: 0,
    End: duration,
  };
  const target = targets[event.key];
  if (target === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  playback.seek(target);
}

function Selected({ span: { start, end }, duration }: { span: Span; duration: number }) {
  return (
    <div
      className="pointer-events-none absolute inset-y-0 border-x-2 border-accent bg-accent/20"
      style={{ left: `${(start / duration) * 100}%`, width: `${((end - start) / duration) * 100}%` }}
      data-testid="selected part"
    />
  );
}

function Playhead({ playback, duration }: { playback: Playback; duration: number }) {
  const place = usePlayback(playback, ({ time }) => (duration > 0 ? Math.round((time / duration) * 1e5) / 1e3 : 0));
  return (
    <div
      className="pointer-events-none absolute inset-y-0 w-0.5 -translate-x-1/2 bg-ink"
      style={{ left: `${Math.min(place, 100)}%` }}
      data-testid="playhead"
    />
  );
}

/** The times under the lanes. */
function Scale({ duration, width }: { duration: number; width: number }) {
  const between = labelStep(duration, width);
  const count = duration > 0 ? Math.floor(duration / between) + 1 : 0;
  const labels = Array.from({ length: count }, (_, number) => number * between);
  return (
    <div aria-hidden className="relative mt-1 h-4 text-xs text-ink-soft">
      {labels
        .filter((second) => second === 0 || (1 - second / duration) * width > 24)
        .map((second) => (
          <span
            key={second}
            className={`absolute ${second === 0 ? '' : '-translate-x-1/2'}`}
            style={{ left: `${(second / duration) * 100}%` }}
          >
            {formatSeconds(second)}
          </span>
        ))}
    </div>
  );
}
