/** The gap between tiles, and the height of what stands below a picture, in pixels. */
export const gap = 12;
const captionHeight = 28;
const phone = 480;

/** How many tiles stand in a row, and how large they are, in pixels. */
interface Geometry {
  columns: number;
  width: number;
  /** The height of a row with the gap below it. */
  rowHeight: number;
}

/** A rectangle over the sheet, in pixels from its left upper corner. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Fit tiles of at least `least` pixels into a width. On a phone tiles are smaller, so that two stand side by side. */
export function fitTiles(available: number, least: number): Geometry {
  const fitting = available < phone ? least * 0.75 : least;
  const columns = Math.max(1, Math.floor((available + gap) / (Math.min(fitting, available) + gap)));
  const width = Math.floor((available - gap * (columns - 1)) / columns);
  return { columns, width, rowHeight: Math.round((width * 9) / 16) + captionHeight + gap };
}

/** Cut a list into rows. */
export function rowsOf<Item>(items: readonly Item[], columns: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / columns) }, (_, row) => items.slice(row * columns, (row + 1) * columns));
}

/** Return the places of the tiles that a box touches, whether or not they are drawn. */
export function tilesInBox({ columns, width, rowHeight }: Geometry, count: number, box: Box): number[] {
  const touched = (from: number, to: number, step: number, size: number) => {
    const first = Math.max(0, Math.floor((from - size) / step) + 1);
    return { first, last: Math.floor(to / step) };
  };
  const rows = touched(box.top, box.bottom, rowHeight, rowHeight - gap);
  const inRow = touched(box.left, box.right, width + gap, width);
  const found: number[] = [];
  for (let row = rows.first; row <= rows.last; row += 1) {
    for (let column = inRow.first; column <= Math.min(inRow.last, columns - 1); column += 1) {
      const place = row * columns + column;
      if (place < count) found.push(place);
    }
  }
  return found;
}

/** Return the place that an arrow key leads to, or null for another key or at the edge of the sheet. */
export function placeAfter(key: string, place: number, columns: number, count: number): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    k: -1,
    j: 1,
    Home: -place,
    End: count - 1 - place,
  };
  const step = steps[key];
  if (step === undefined) return null;
  const next = place + step;
  return next >= 0 && next < count ? next : null;
}
