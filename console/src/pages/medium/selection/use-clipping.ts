import { useCallback, useMemo, useState } from 'react';

import type { ClipPart } from '@/components/clips/clip-dialog';
import type { Playback } from '@/components/player/playback';
import type { Medium, Segment } from '@/pages/medium/medium-data';

import { nothingSelected, selectedFrom, selectedSpan, selectedTo } from './selected-span';

/** The length of a clip where nothing is selected and no segment is there, in seconds. */
const shortest = 10;

/** What the reader selects of a medium, and the part that a clip is made of. */
export function useClipping(medium: Medium, playback: Playback, segment: Segment | undefined, mayChange: boolean) {
  const duration = medium.duration_seconds ?? 0;
  const isPossible = mayChange && medium.media_type !== 'image';
  const [selection, setSelection] = useState(nothingSelected);
  const [part, setPart] = useState<ClipPart | null>(null);
  const selected = useMemo(() => selectedSpan(selection, duration), [selection, duration]);
  const { video_id: videoId, title } = medium;
  const offer = useCallback((start: number, end: number) => setPart({ videoId, title, start, end, duration }), [videoId, title, duration]);
  const clipSegment = useCallback(() => {
    if (segment !== undefined) offer(segment.start_time, segment.end_time);
  }, [offer, segment]);
  const clipHere = useCallback(() => {
    if (selected !== null) offer(selected.start, selected.end);
    else if (segment !== undefined) clipSegment();
    else offer(playback.time, Math.min(playback.time + shortest, duration));
  }, [offer, clipSegment, selected, segment, playback, duration]);
  const selectFrom = useCallback(() => setSelection((before) => selectedFrom(before, hundredths(playback.time))), [playback]);
  const selectTo = useCallback(() => setSelection((before) => selectedTo(before, hundredths(playback.time))), [playback]);
  const clear = useCallback(() => setSelection(nothingSelected), []);
  const close = useCallback(() => setPart(null), []);
  const actions = isPossible ? { clipSegment, clipHere, selectFrom, selectTo } : {};
  return { selection, selected, part, close, clear, ...actions };
}

/** A seek goes a little into its frame. Nobody selects by the thousandth. */
function hundredths(second: number): number {
  return Math.round(second * 100) / 100;
}
