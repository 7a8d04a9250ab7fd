import { Scissors } from 'lucide-react';

import { clipTime } from '@/components/clips/clip-times';
import { MarkerButton } from '@/components/markers/marker-button';
import { IconButton } from '@/components/ui/icon-button';
import { segmentMarker, segmentTarget } from '@/pages/medium/markers/medium-marks';
import type { Marking } from '@/pages/medium/markers/use-marking';
import type { Segment } from '@/pages/medium/medium-data';
import { words } from '@/words/en';

interface SegmentToolsProps {
  segment: Segment;
  marking: Marking;
  /** Absent where no clip can be made. */
  onClip: (() => void) | undefined;
}

/** What can be done with the segment at the playhead: mark it, make a clip of it. */
export function SegmentTools({ segment, marking, onClip }: SegmentToolsProps) {
  const times = words.clips.span(clipTime(segment.start_time), clipTime(segment.end_time));
  return (
    <>
      <MarkerButton
        key={segment.segment_id}
        target={segmentTarget(segment.segment_id)}
        of={words.markers.of.segment}
        marker={segmentMarker(marking.marks.moments, marking.place)}
        mayChange={marking.mayChange}
        open={marking.open === 'segment'}
        onOpenChange={(open) => marking.change(open ? 'segment' : null)}
      />
      {onClip !== undefined && <IconButton icon={Scissors} label={words.clips.makeOf(times)} onClick={onClip} />}
    </>
  );
}
