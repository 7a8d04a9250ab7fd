import type { Playback } from '@/components/player/playback';
import { usePlayback } from '@/components/player/use-playback';

/** A line of text in the picture. `box` is left, top, right and bottom, as fractions of the picture. */
export interface TextBox {
  text: string;
  start: number;
  end: number;
  box: readonly number[];
}

interface TextBoxesProps {
  playback: Playback;
  boxes: readonly TextBox[];
  /** Shows the boxes of the second. The lit one is shown in any case. */
  shown: boolean;
  lit: number | undefined;
}

/** The places of the text that was read, above the picture. */
export function TextBoxes({ playback, boxes, shown, lit }: TextBoxesProps) {
  // The text changes seldom: the places of the boxes in view say when to draw again.
  const inView = usePlayback(playback, ({ time }) => placesAt(boxes, time).join(' '));
  const places = shown ? inView.split(' ').filter(Boolean).map(Number) : [];
  if (lit !== undefined && !places.includes(lit)) places.push(lit);
  return (
    <div className="pointer-events-none absolute inset-0" aria-hidden data-testid="text-boxes">
      {places.map((place) => {
        const found = boxes[place];
        return found === undefined ? null : <Box key={place} {...found} lit={place === lit} />;
      })}
    </div>
  );
}

function placesAt(boxes: readonly TextBox[], second: number): number[] {
  const found: number[] = [];
  boxes.forEach(({ start, end }, place) => {
    if (start <= second && (second < end || start === end)) found.push(place);
  });
  return found;
}

function Box({ text, box, lit }: TextBox & { lit: boolean }) {
  const [left = 0, top = 0, right = 0, bottom = 0] = box.map((side) => side * 100);
  return (
    <div
      title={text}
      className={`absolute rounded-[2px] border-2 ${lit ? 'border-accent bg-accent/30' : 'border-on-shade outline outline-shade'}`}
      style={{ left: `${left}%`, top: `${top}%`, width: `${right - left}%`, height: `${bottom - top}%` }}
    />
  );
}
