import { CutListButton } from '@/components/cut-lists/cut-list-button';
import { momentsSource } from '@/components/cut-lists/cut-list-request';
import { MarkerDot } from '@/components/markers/marker-dot';
import { formatSeconds } from '@/components/time/format';
import type { Medium } from '@/pages/medium/medium-data';
import { words } from '@/words/en';

import type { Mark, MediumMarks } from './medium-marks';

const text = words.markers;

interface MarkersListProps {
  medium: Medium;
  marks: MediumMarks;
  onMark: (mark: Mark) => void;
}

/** The markers of a medium in order of time, and the cut list of those that have times. */
export function MarkersList({ medium, marks, onMark }: MarkersListProps) {
  const whole = marks.medium === undefined ? marks.whole : [marks.medium, ...marks.whole];
  const source = momentsSource(marks.moments.map((mark) => momentOf(mark, medium)));
  return (
    <section aria-label={text.title} className="flex min-h-0 flex-col gap-2">
      <header className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-base font-semibold">{text.title}</h2>
        {source !== null && <CutListButton source={source} title={text.cutListTitle(medium.title)} />}
      </header>
      <ul className="flex min-h-0 flex-col overflow-auto" tabIndex={-1}>
        {whole.map((marker) => (
          <li key={marker.marker_id} className="flex items-center gap-2 px-2 py-1">
            <Line marker={marker} when={text.onMedium} />
          </li>
        ))}
        {marks.moments.map((mark) => (
          <li key={mark.marker.marker_id}>
            <button
              type="button"
              onClick={() => onMark(mark)}
              className="flex w-full items-center gap-2 rounded-md px-2 py-1 text-left hover:bg-raised"
            >
              <Line marker={mark.marker} when={medium.media_type === 'image' ? null : formatSeconds(mark.start)} />
            </button>
          </li>
        ))}
      </ul>
      {marks.elsewhere > 0 && <p className="text-xs text-ink-soft">{text.elsewhere(marks.elsewhere)}</p>}
    </section>
  );
}

function Line({ marker, when }: { marker: Mark['marker']; when: string | null }) {
  const { note, target } = marker;
  return (
    <>
      <MarkerDot marker={{ color: marker.color }} />
      {when !== null && <span className="shrink-0 text-xs text-ink-soft">{when}</span>}
      <span className="min-w-0 flex-1 truncate" title={note ?? undefined} dir="auto">
        {note ?? ''}
      </span>
      {target.field_path != null && <span className="max-w-40 truncate text-xs text-ink-soft">{text.onField(target.field_path)}</span>}
    </>
  );
}

function momentOf({ marker, start, end }: Mark, { video_id, media_type }: Medium) {
  return { video_id, segment_id: null, start_time: start, end_time: end, media_type, name: marker.note };
}
