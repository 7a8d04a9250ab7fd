import type { Models } from '@/api/client';
import type { Span } from '@/pages/medium/timeline/lane-paths';

type Marker = Models['Marker'];
type Target = Models['MarkerTarget'];

/** A marker on a moment of the medium. */
export interface Mark extends Span {
  marker: Marker;
  /** The place of its segment in the run that is shown. */
  place: number;
}

/** The markers of a medium, as its page shows them for one run. */
export interface MediumMarks {
  /** The marker of the medium itself, and those of its media-wide result. */
  medium: Marker | undefined;
  whole: readonly Marker[];
  /** Those on segments of the run, on their results and on fields, in order of time. */
  moments: readonly Mark[];
  /** The number of markers on segments and results of other runs. */
  elsewhere: number;
}

type Moment = Pick<Models['Segment'], 'segment_id' | 'start_time' | 'end_time'>;

/** Sort the markers of a medium by what they are on. */
export function mediumMarks(markers: readonly Marker[], segments: readonly Moment[], runId: string | undefined): MediumMarks {
  const places = new Map(segments.map(({ segment_id }, place) => [segment_id, place]));
  const moments: Mark[] = [];
  const whole: Marker[] = [];
  let medium: Marker | undefined;
  let elsewhere = 0;
  for (const marker of markers) {
    const { kind, id, run } = subjectOf(marker.target);
    const place = kind === 'segment' ? places.get(id) : undefined;
    const segment = place === undefined ? undefined : segments[place];
    if (marker.target.type === 'video') medium = marker;
    else if (run !== null && run !== runId) elsewhere += 1;
    else if (kind === 'video') whole.push(marker);
    else if (place === undefined || segment === undefined) elsewhere += 1;
    else moments.push({ marker, place, start: segment.start_time, end: segment.end_time });
  }
  moments.sort((one, other) => one.place - other.place || depth(one.marker) - depth(other.marker));
  return { medium, whole, moments, elsewhere };
}

/** A whole segment stands before its fields. */
function depth({ target }: Marker): number {
  return target.field_path == null ? 0 : 1;
}

/** Return what a target is part of. The id of a result is `segment:{segment_id}:{run_id}` or `video:{video_id}:{run_id}`. */
function subjectOf({ type, id }: Target): { kind: string; id: string; run: string | null } {
  if (type !== 'result') return { kind: type, id, run: null };
  const [kind = '', ...rest] = id.split(':');
  const run = rest.pop() ?? null;
  return { kind, id: rest.join(':'), run };
}

/** Return the target of a segment. */
export function segmentTarget(segmentId: string): Target {
  return { type: 'segment', id: segmentId };
}

/** Return the target of a field of a segment's result. */
export function fieldTarget(segmentId: string, runId: string, path: string): Target {
  return { type: 'result', id: `segment:${segmentId}:${runId}`, field_path: path };
}

/** Return the marker that stands on a field at a place: that of the result, else that of the segment. */
export function fieldMarker(moments: readonly Mark[], place: number, path: string): Marker | undefined {
  const found = moments.filter((mark) => mark.place === place && mark.marker.target.field_path === path).map(({ marker }) => marker);
  return found.find(({ target }) => target.type === 'result') ?? found[0];
}

/** Return the marker that stands on a segment at a place. */
export function segmentMarker(moments: readonly Mark[], place: number): Marker | undefined {
  return moments.find((mark) => mark.place === place && mark.marker.target.type === 'segment' && mark.marker.target.field_path == null)?.marker;
}
