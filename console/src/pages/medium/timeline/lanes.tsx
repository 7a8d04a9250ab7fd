import { memo, type ReactNode } from 'react';

import type { Playback } from '@/components/player/playback';
import { usePlayback } from '@/components/player/use-playback';

import { boxesPath, cutsPath, laneWidth, type Span, spanAt } from './lane-paths';
import type { TimelineSegment } from './timeline';

interface LaneProps {
  name: string;
  height: string;
  children: ReactNode;
}

/** A row of the timeline. Its drawing is stretched to the width of the page. */
function Lane({ name, height, children }: LaneProps) {
  return (
    <div className={`relative ${height}`} title={name} data-testid={`lane ${name}`}>
      <svg aria-hidden viewBox={`0 0 ${laneWidth} 1`} preserveAspectRatio="none" className="absolute size-full">
        {children}
      </svg>
    </div>
  );
}

/** The names of the rows, at their left. */
export function LaneNames({ names }: { names: readonly string[] }) {
  return (
    <div aria-hidden className="flex w-16 shrink-0 flex-col gap-1 border border-transparent py-1 text-xs text-ink-soft">
      {names.map((name, place) => (
        <span key={name} className={place === 0 ? 'h-6 leading-6' : 'h-3 leading-3'}>
          {name}
        </span>
      ))}
    </div>
  );
}

interface SegmentsLaneProps {
  name: string;
  playback: Playback;
  segments: readonly TimelineSegment[];
  duration: number;
}

/** The segments of a run. The one at the playhead is marked; failed ones are red and hatched by their cuts. */
export const SegmentsLane = memo(function SegmentsLane({ name, playback, segments, duration }: SegmentsLaneProps) {
  const current = usePlayback(playback, ({ time }) => spanAt(segments, time));
  const selected = segments[current];
  return (
    <Lane name={name} height="h-6">
      <path d={boxesPath(segments, duration)} className="fill-sunken" />
      <path d={boxesPath(segments.filter(({ failed }) => failed), duration)} className="fill-warning-soft" />
      {selected !== undefined && <path d={boxesPath([selected], duration)} className="fill-accent-soft" />}
      <Cuts spans={segments} duration={duration} look="stroke-line-strong" />
    </Lane>
  );
});

/** Where one shot ends and the next begins. */
export const CutsLane = memo(function CutsLane({ name, spans, duration }: { name: string; spans: readonly Span[]; duration: number }) {
  return (
    <Lane name={name} height="h-3">
      <Cuts spans={spans} duration={duration} look="stroke-ink-soft" />
    </Lane>
  );
});

interface SpansLaneProps {
  name: string;
  spans: readonly Span[];
  duration: number;
  look: string;
}

/** When something is there, such as speech. */
export const SpansLane = memo(function SpansLane({ name, spans, duration, look }: SpansLaneProps) {
  return (
    <Lane name={name} height="h-3">
      <path d={boxesPath(spans, duration)} className={look} />
    </Lane>
  );
});

function Cuts({ spans, duration, look }: { spans: readonly Span[]; duration: number; look: string }) {
  return <path d={cutsPath(spans, duration)} vectorEffect="non-scaling-stroke" strokeWidth={1} className={`fill-none ${look}`} />;
}
