import { markerFill } from '@/components/markers/marker-colors';
import { markerLabel } from '@/components/markers/marker-label';
import { formatSeconds } from '@/components/time/format';
import { words } from '@/words/en';

import type { Mark } from './medium-marks';

/** The name of the markers, at their left. */
export function MarksName() {
  return (
    <span aria-hidden className="mt-1 block text-xs leading-6 text-ink-soft">
      {words.medium.timeline.markers}
    </span>
  );
}

interface MarksLaneProps {
  marks: readonly Mark[];
  duration: number;
  onMark: (mark: Mark) => void;
}

/** The markers of moments, each a button that goes there. Hover and focus show the notes. Markers of one segment share a button. */
export function MarksLane({ marks, duration, onMark }: MarksLaneProps) {
  if (duration <= 0) return null;
  return (
    <div role="group" aria-label={words.medium.timeline.markers} className="relative mt-1 h-6">
      {[...new Set(marks.map(({ place }) => place))].map((place) => (
        <Flag key={place} marks={marks.filter((mark) => mark.place === place)} duration={duration} onMark={onMark} />
      ))}
    </div>
  );
}

function Flag({ marks, duration, onMark }: MarksLaneProps) {
  const [mark] = marks;
  if (mark === undefined) return null;
  const labels = marks.map(({ marker }) => markerLabel(marker));
  const left = (mark.start / duration) * 100;
  return (
    <button
      type="button"
      aria-label={words.markers.goTo(formatSeconds(mark.start), labels.join('. '))}
      onClick={() => onMark(mark)}
      className="group absolute inset-y-0 flex min-w-3 flex-col gap-px py-1"
      style={{ left: `${left}%`, width: `${((mark.end - mark.start) / duration) * 100}%` }}
    >
      {marks.map(({ marker }) => (
        <span key={marker.marker_id} className={`block min-h-0 w-full flex-1 rounded-full ${markerFill(marker.color)}`} />
      ))}
      <span
        aria-hidden
        className={`pointer-events-none absolute bottom-full z-20 hidden w-max max-w-64 flex-col rounded-md border border-line-strong bg-surface px-2 py-1 text-left text-xs whitespace-pre-line text-ink wrap-anywhere group-hover:flex group-focus-visible:flex ${left > 50 ? 'right-0' : 'left-0'}`}
      >
        {labels.map((label, place) => (
          <span key={place}>{label}</span>
        ))}
      </span>
    </button>
  );
}
