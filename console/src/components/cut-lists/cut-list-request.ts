import type { Models } from '@/api/client';

export type CutListRequest = Models['CutListRequest'];
export type CutListSource = CutListRequest['source'];
export type CutListFormat = Models['CutListFormat'];

export const cutListFormats: readonly CutListFormat[] = ['edl', 'fcpxml', 'otio', 'csv'];
export const frameRates = ['23.976', '24', '25', '29.97', '30', '48', '50', '59.94', '60'] as const;
/** The choice that leaves the frame rate to the media. */
export const ownRate = 'own';
export type RateChoice = (typeof frameRates)[number] | typeof ownRate;

/** The most parts of a request. */
const mostParts = 5000;
const longestTitle = 200;

/** What a person chooses about a cut list. */
interface CutListChoice {
  format: CutListFormat;
  rate: RateChoice;
  handles: number;
  title: string;
}

/** Build the request for a cut list. */
export function cutListRequest(source: CutListSource, { format, rate, handles, title }: CutListChoice): CutListRequest {
  return {
    format,
    source,
    title: Array.from(title.trim()).slice(0, longestTitle).join(''),
    frame_rate: rate === ownRate ? null : rate,
    handles_seconds: handles,
  };
}

/** A moment of a medium, as hits and segments have it. */
interface Moment {
  video_id: string;
  segment_id: string | null;
  start_time: number | null;
  end_time: number | null;
  media_type: string;
  /** What its part is called; null for the name of the medium. */
  name: string | null;
}

/** Return the source for moments, in their order and each once; null if none has times. */
export function momentsSource(moments: readonly Moment[]): CutListSource | null {
  const parts = new Map<string, Models['SegmentsSource']['segments'][number]>();
  for (const { video_id, segment_id, start_time: start, end_time: end, media_type, name } of moments) {
    if (media_type === 'image' || start === null || end === null || end <= start) continue;
    const place = segment_id === null ? { start_seconds: start, end_seconds: end } : { segment_id };
    const key = `${video_id} ${segment_id ?? `${start} ${end}`}`;
    if (!parts.has(key)) parts.set(key, { video_id, ...place, ...(name === null ? {} : { name }) });
  }
  if (parts.size === 0) return null;
  return { type: 'segments', segments: [...parts.values()].slice(0, mostParts) };
}
