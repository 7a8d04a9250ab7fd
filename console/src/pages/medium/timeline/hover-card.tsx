import type { Models } from '@/api/client';
import { useMediaLink } from '@/components/media/media-link';
import { formatSeconds } from '@/components/time/format';
import { words } from '@/words/en';

import { type Span, spanAt } from './lane-paths';

const cardWidth = 176;

interface HoverCardProps {
  second: number;
  duration: number;
  /** The width of the timeline in pixels. */
  width: number;
  segments: readonly Span[];
  frames: readonly Models['TimelineFrame'][];
}

/** What is under the pointer: the analysed frame before it, its time and its segment. */
export function HoverCard({ second, duration, width, segments, frames }: HoverCardProps) {
  const x = duration > 0 ? (second / duration) * width : 0;
  const segment = spanAt(segments, second);
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute bottom-full z-20 mb-1 flex flex-col overflow-hidden rounded-md border border-line-strong bg-surface text-xs"
      style={{ left: Math.max(0, Math.min(x - cardWidth / 2, width - cardWidth)), width: cardWidth }}
      data-testid="timeline hover"
    >
      <FramePicture frames={frames} second={second} />
      <div className="flex justify-between gap-2 px-2 py-1">
        <span>{formatSeconds(second)}</span>
        {segment >= 0 && <span className="text-ink-soft">{words.medium.timeline.segment(segment + 1, segments.length)}</span>}
      </div>
    </div>
  );
}

function FramePicture({ frames, second }: { frames: readonly Models['TimelineFrame'][]; second: number }) {
  const spans = frames.map(({ time }) => ({ start: time, end: time }));
  const frame = frames[Math.max(0, spanAt(spans, second))];
  const link = useMediaLink(frame?.picture_uri ?? null);
  if (frame === undefined) return null;
  if (link.data === undefined) return <div className="aspect-video bg-sunken" />;
  return <img src={link.data.url} alt="" className="aspect-video bg-shade object-contain" />;
}
