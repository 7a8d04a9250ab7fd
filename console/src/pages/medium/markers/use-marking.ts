import { useCallback, useMemo, useState } from 'react';

import type { Playback } from '@/components/player/playback';
import type { Medium } from '@/pages/medium/medium-data';
import type { MediumRuns } from '@/pages/medium/use-medium-runs';

import type { FieldMarks } from './field-marks';
import { fieldMarker, fieldTarget } from './medium-marks';
import { useMayChange } from './use-may-change';
import { useMediumMarks } from './use-medium-marks';

/** The markers of a medium for the run and the segment that are shown, and what is being marked. */
export function useMarking(medium: Medium, playback: Playback, { segments, run }: MediumRuns, place: number) {
  const mayChange = useMayChange(medium);
  const { marks, error } = useMediumMarks(medium.video_id, segments, run?.run_id);
  const [open, setOpen] = useState<'segment' | 'medium' | null>(null);
  const segmentId = segments[place]?.segment_id;
  const runId = run?.run_id;
  const fields = useMemo((): FieldMarks | null => {
    if (segmentId === undefined || runId === undefined) return null;
    const targetOf = (path: string) => fieldTarget(segmentId, runId, path);
    return { markerOf: (path) => fieldMarker(marks.moments, place, path), targetOf, mayChange };
  }, [marks, place, segmentId, runId, mayChange]);
  /** Playback would go on to the next segment while the note is written. */
  const change = useCallback(
    (next: typeof open) => {
      if (next !== null && !playback.paused) playback.toggle();
      setOpen(next);
    },
    [playback],
  );
  const isSegment = segmentId !== undefined;
  const markHere = useCallback(() => change(isSegment ? 'segment' : 'medium'), [change, isSegment]);
  return { marks, error, mayChange, fields, segmentId, place, open, change, markHere: mayChange ? markHere : undefined };
}

export type Marking = ReturnType<typeof useMarking>;
