import { words } from '@/words/en';

import { markerColorOf, type ShownMarker } from './marker-colors';

/** Say a marker in words: its color and its note. */
export function markerLabel({ color, note }: ShownMarker): string {
  const known = markerColorOf(color);
  const name = words.markers.named(known === null ? null : words.markers.colors[known]);
  return note == null ? name : words.markers.withNote(name, note);
}
