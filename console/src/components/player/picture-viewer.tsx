import { Maximize, ScanText, ZoomIn, ZoomOut } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';

import { fitInto, type Size } from '@/components/media/fit';
import { useSize } from '@/components/media/use-size';
import { moved, type Shown, type View, wholeView, zoomedAt } from '@/components/media/zoom';
import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';

const text = words.medium.player;
const step = 1.5;
const push = 60;

interface PictureViewerProps {
  /** A link that opens the file without a key. */
  url: string | undefined;
  /** What the picture is, for screen readers. */
  title: string;
  size: Size;
  onRetry: () => void;
  boxesShown: boolean;
  onToggleBoxes: () => void;
  overlay?: ReactNode;
}

/** A picture that zooms and moves by wheel, pointer, keys and buttons. */
export function PictureViewer({ url, title, size, onRetry, boxesShown, onToggleBoxes, overlay }: PictureViewerProps) {
  const [view, setView] = useState<View>(wholeView);
  const room = useRef<HTMLDivElement>(null);
  const available = useSize(room);
  const picture = fitInto(available, size);
  const shown: Shown = { room: available, picture };
  const zoom = (factor: number, point = { x: 0, y: 0 }) => setView((before) => zoomedAt(before, factor, point, shown));
  useWheelZoom(room, (factor, point) => zoom(factor, point));
  const drag = useDrag((x, y) => setView((before) => moved(before, x, y, shown)));
  return (
    <section aria-label={words.medium.type.image} className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-md border border-line bg-shade">
      <div
        ref={room}
        role="group"
        tabIndex={0}
        aria-label={text.pictureRoom}
        className={`relative flex aspect-video min-h-0 flex-1 touch-none items-center justify-center overflow-hidden lg:aspect-auto ${view.scale > 1 ? 'cursor-grab active:cursor-grabbing' : ''}`}
        onKeyDown={(event) => {
          const next = viewAfterKey(event, view, shown);
          if (next === null) return;
          event.preventDefault();
          event.stopPropagation();
          setView(next);
        }}
        onDoubleClick={() => (view.scale > 1 ? setView(wholeView) : zoom(3))}
        {...drag}
      >
        <div
          className="absolute"
          style={{ ...picture, transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
          data-testid="picture"
        >
          {url !== undefined && <img src={url} alt={title} className="size-full select-none" draggable={false} onError={onRetry} />}
          {overlay}
        </div>
      </div>
      <div role="group" aria-label={text.controls} className="flex items-center gap-1 bg-raised p-2 text-ink">
        <IconButton icon={ZoomOut} label={text.zoomOut} onClick={() => zoom(1 / step)} />
        <span className="w-16 text-center" data-testid="zoom">
          {text.zoomed(Math.round(view.scale * 100))}
        </span>
        <IconButton icon={ZoomIn} label={text.zoomIn} onClick={() => zoom(step)} />
        <IconButton icon={Maximize} label={text.zoomReset} onClick={() => setView(wholeView)} />
        <span className="flex-1" />
        <IconButton
          icon={ScanText}
          label={text.boxes}
          aria-pressed={boxesShown}
          className={boxesShown ? 'bg-accent-soft' : ''}
          onClick={onToggleBoxes}
        />
      </div>
    </section>
  );
}

function viewAfterKey(event: KeyboardEvent, view: View, shown: Shown): View | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  switch (event.key) {
    case '+':
    case '=':
      return zoomedAt(view, step, { x: 0, y: 0 }, shown);
    case '-':
      return zoomedAt(view, 1 / step, { x: 0, y: 0 }, shown);
    case '0':
      return wholeView;
    case 'ArrowLeft':
      return moved(view, push, 0, shown);
    case 'ArrowRight':
      return moved(view, -push, 0, shown);
    case 'ArrowUp':
      return moved(view, 0, push, shown);
    case 'ArrowDown':
      return moved(view, 0, -push, shown);
    default:
      return null;
  }
}

/** Zoom by the wheel. React's own wheel events cannot keep the page from scrolling. */
function useWheelZoom(room: { current: HTMLElement | null }, zoom: (factor: number, point: { x: number; y: number }) => void) {
  useEffect(() => {
    const element = room.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top, width, height } = element.getBoundingClientRect();
      const point = { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 };
      zoom(Math.exp(-event.deltaY / 400), point);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  });
}

function useDrag(move: (x: number, y: number) => void) {
  return {
    onPointerDown: (event: PointerEvent) => event.currentTarget.setPointerCapture(event.pointerId),
    onPointerMove: (event: PointerEvent) => {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) move(event.movementX, event.movementY);
    },
  };
}
