/** The gap between tiles, and the height of what stands below a picture, in pixels. */
export const gap = 12;
const captionHeight = 28;

/** How many tiles stand in a row, and how large they are, in pixels. */
export interface Geometry {
  columns: number;
  width: number;
  rowHeight: number;
}

/** Fit tiles of at least `least` pixels into a width. */
export function fitTiles(available: number, least: number): Geometry {
  const columns = Math.max(1, Math.floor((available + gap) / (Math.min(least, available) + gap)));
  const width = Math.floor((available - gap * (columns - 1)) / columns);
  return { columns, width, rowHeight: Math.round((width * 9) / 16) + captionHeight + gap };
}

/** Cut a list into rows. */
export function rowsOf<Item>(items: readonly Item[], columns: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / columns) }, (_, row) => items.slice(row * columns, (row + 1) * columns));
}
