import type { Span } from '@/pages/medium/timeline/lane-paths';

/** The part of a medium that the reader selects: from a second, to a second, or both. */
export interface Selection {
  from: number | null;
  to: number | null;
}

export const nothingSelected: Selection = { from: null, to: null };

/** Let a selection begin at a second. An end that lies before is given up. */
export function selectedFrom({ to }: Selection, second: number): Selection {
  return { from: second, to: to !== null && to > second ? to : null };
}

/** Let a selection end at a second. A start that lies after is given up. */
export function selectedTo({ from }: Selection, second: number): Selection {
  return { from: from !== null && from < second ? from : null, to: second };
}

/** Return the part that is selected; an open end is the end of the medium. Null if nothing is selected. */
export function selectedSpan({ from, to }: Selection, duration: number): Span | null {
  if (from === null && to === null) return null;
  return { start: from ?? 0, end: Math.min(to ?? duration, duration) };
}
