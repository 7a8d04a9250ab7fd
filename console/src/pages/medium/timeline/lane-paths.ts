export interface Span {
  start: number;
  end: number;
}

/** The width of the drawing. Spans are drawn in these units and stretched to the width of the page. */
export const laneWidth = 10_000;

/** Join spans whose gap is too small to be seen, so that hours of speech are a path of a few thousand steps. */
export function joined(spans: readonly Span[], duration: number): Span[] {
  const smallest = duration / 2000;
  const found: Span[] = [];
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    const before = found.at(-1);
    if (before !== undefined && start - before.end < smallest) before.end = Math.max(before.end, end);
    else found.push({ start, end });
  }
  return found;
}

/** Draw spans as boxes of an SVG path, each at least a pixel wide on most screens. */
export function boxesPath(spans: readonly Span[], duration: number): string {
  if (duration <= 0) return '';
  const boxes = joined(spans, duration).map(({ start, end }) => {
    const left = place(start, duration);
    const width = Math.max(place(end, duration) - left, laneWidth / 2000);
    return `M${left} 0h${round(width)}v1h${round(-width)}z`;
  });
  return boxes.join('');
}

/** Draw the beginning of each span as a line, without the first. Lines closer than a pixel are one. */
export function cutsPath(spans: readonly Span[], duration: number): string {
  if (duration <= 0) return '';
  const places = spans.filter(({ start }) => start > 0).map(({ start }) => Math.round(place(start, duration) / 5) * 5);
  return [...new Set(places)].map((left) => `M${left} 0v1`).join('');
}

function place(second: number, duration: number): number {
  return round((Math.min(Math.max(second, 0), duration) / duration) * laneWidth);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Return the second under a pointer at `x` pixels from the left of a timeline `width` pixels wide. */
export function secondAt(x: number, width: number, duration: number): number {
  return width <= 0 ? 0 : Math.min(1, Math.max(0, x / width)) * duration;
}

/** Return the place of the span that holds a second, or of the last one before it; -1 if there is none. */
export function spanAt(spans: readonly Span[], second: number): number {
  let found = -1;
  for (let at = 0; at < spans.length; at += 1) {
    if ((spans[at]?.start ?? Infinity) > second + 0.0005) break;
    found = at;
  }
  return found;
}

/** Return the step between the labels of the time scale, in seconds, for at least 80 pixels between them. */
export function labelStep(duration: number, width: number): number {
  const least = width <= 0 ? duration : (duration * 80) / width;
  return steps.find((step) => step >= least) ?? 3600;
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
