import { type MouseEvent, type PointerEvent, type RefObject, useRef, useState } from 'react';

import type { Box } from '@/pages/library/sheet/geometry';

/** A drag begins after this many pixels, so that a click stays a click. */
const threshold = 6;
/** Within this distance of an edge, in pixels, a drag scrolls the sheet. */
const edge = 32;

interface BoxDrag {
  onStart: () => void;
  onChange: (box: Box) => void;
}

/** Draw a box with the mouse over the content of a scroller. `box` is the one at this moment. */
export function useBoxDrag(content: RefObject<HTMLElement | null>, scroller: RefObject<HTMLElement | null>, drag: BoxDrag | null) {
  const [box, setBox] = useState<Box | null>(null);
  const start = useRef<{ x: number; y: number } | null>(null);
  const wasDrag = useRef(false);

  const point = (event: PointerEvent) => {
    const area = content.current?.getBoundingClientRect();
    return { x: event.clientX - (area?.left ?? 0), y: event.clientY - (area?.top ?? 0) };
  };

  const onPointerDown = (event: PointerEvent) => {
    wasDrag.current = false;
    if (drag === null || event.button !== 0 || event.pointerType !== 'mouse') return;
    if (event.target instanceof Element && event.target.closest('input, button') !== null) return;
    start.current = point(event);
  };

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const from = start.current;
    if (drag === null || from === null) return;
    const to = point(event);
    if (box === null) {
      if (Math.hypot(to.x - from.x, to.y - from.y) < threshold) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      wasDrag.current = true;
      drag.onStart();
    }
    const next = {
      left: Math.min(from.x, to.x),
      top: Math.min(from.y, to.y),
      right: Math.max(from.x, to.x),
      bottom: Math.max(from.y, to.y),
    };
    setBox(next);
    drag.onChange(next);
    scrollAtEdge(scroller.current, event.clientY);
  };

  const onPointerUp = () => {
    start.current = null;
    setBox(null);
  };

  /** The click that ends a drag opens nothing. */
  const onClickCapture = (event: MouseEvent) => {
    if (!wasDrag.current) return;
    wasDrag.current = false;
    event.preventDefault();
    event.stopPropagation();
  };

  return { box, handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onClickCapture } };
}

function scrollAtEdge(scroller: HTMLElement | null, y: number): void {
  if (scroller === null) return;
  const area = scroller.getBoundingClientRect();
  if (y < area.top + edge) scroller.scrollBy(0, -edge);
  else if (y > area.bottom - edge) scroller.scrollBy(0, edge);
}
