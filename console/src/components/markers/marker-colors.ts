import type { Models } from '@/api/client';

export type MarkerColor = Models['MarkerColor'];
/** The markers that a list is restricted to: those of a color, or all. */
export type MarkerFilter = MarkerColor | 'any';

export const markerColors: readonly MarkerColor[] = ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'gray'];

/** What a thing shows of its marker. Without a marker all members are null or absent. */
export interface ShownMarker {
  marker_id?: string | null;
  color?: string | null;
  note?: string | null;
}

/** Return whether there is a marker. */
export function isMarked(marker: ShownMarker | null | undefined): marker is ShownMarker {
  return marker?.marker_id != null;
}

/** Return a color by its name; null if the console does not know it. */
export function markerColorOf(name: unknown): MarkerColor | null {
  return markerColors.find((color) => color === name) ?? null;
}

/** Read the marker filter of an address. */
export function markerFilterOf(value: unknown): MarkerFilter | undefined {
  return value === 'any' ? 'any' : (markerColorOf(value) ?? undefined);
}

/** The fill of each color, as a class. A marker without a color has the one of text. */
const fills: Record<MarkerColor, string> = {
  red: 'bg-marker-red',
  orange: 'bg-marker-orange',
  yellow: 'bg-marker-yellow',
  green: 'bg-marker-green',
  blue: 'bg-marker-blue',
  purple: 'bg-marker-purple',
  gray: 'bg-marker-gray',
};

export function markerFill(color: string | null | undefined): string {
  const known = markerColorOf(color);
  return known === null ? 'bg-surface border border-ink-soft' : fills[known];
}
