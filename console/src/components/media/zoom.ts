/** How a picture is shown: enlarged `scale` times about the centre of its room, then moved by pixels. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export const wholeView: View = { scale: 1, x: 0, y: 0 };
export const largestScale = 16;

/** Zoom by a factor and keep the point under the pointer. `point` is in pixels from the centre of the room. */
export function zoomedAt(view: View, factor: number, point: { x: number; y: number }, shown: Shown): View {
  const scale = Math.min(largestScale, Math.max(1, view.scale * factor));
  const grown = scale / view.scale;
  return kept({ scale, x: point.x - (point.x - view.x) * grown, y: point.y - (point.y - view.y) * grown }, shown);
}

export function moved(view: View, x: number, y: number, shown: Shown): View {
  return kept({ ...view, x: view.x + x, y: view.y + y }, shown);
}

/** The room, and the size of the picture in it at scale 1. */
export interface Shown {
  room: { width: number; height: number };
  picture: { width: number; height: number };
}

/** Move a view so far back that no side of the picture leaves the room needlessly. */
function kept(view: View, { room, picture }: Shown): View {
  const free = (whole: number, place: number) => Math.max(0, (whole * view.scale - place) / 2);
  const clamp = (value: number, limit: number) => Math.min(limit, Math.max(-limit, value)) + 0;
  return {
    scale: view.scale,
    x: clamp(view.x, free(picture.width, room.width)),
    y: clamp(view.y, free(picture.height, room.height)),
  };
}
