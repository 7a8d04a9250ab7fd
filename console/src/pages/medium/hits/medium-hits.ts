import type { Models } from '@/api/client';
import type { Span } from '@/pages/medium/timeline/lane-paths';

/** A moment of the medium that the search found. */
export interface Hit extends Span {
  id: string;
  /** How well its texts fit the words, from 0 to 1; null for a search by conditions alone. */
  score: number | null;
  /** The score compared with the best hit of the medium, from 0 to 1. */
  strength: number;
}

type Result = Pick<Models['SearchResult'], 'result_id' | 'start_time' | 'end_time' | 'text_score'>;

/** Return the hits that have times, in order of time. */
export function mediumHits(results: readonly Result[]): Hit[] {
  const best = Math.max(0, ...results.map(({ text_score }) => text_score ?? 0));
  const hits = results.flatMap(({ result_id, start_time, end_time, text_score }): Hit[] => {
    if (start_time === null || end_time === null) return [];
    const strength = text_score === null || best === 0 ? 1 : Math.max(0, text_score) / best;
    return [{ id: result_id, start: start_time, end: end_time, score: text_score, strength }];
  });
  return hits.sort((one, other) => one.start - other.start);
}
