import type { Models } from '@/api/client';
import { words } from '@/words/en';

const text = words.medium.transcript;

interface PictureTextProps {
  lines: readonly Models['TimelineText'][];
  /** Lights a line in the picture; none for undefined. */
  onLight: (line: number | undefined) => void;
}

/** The lines of text that were read in a picture. Hover or focus lights a line in the picture. */
export function PictureText({ lines, onLight }: PictureTextProps) {
  const unlight = () => onLight(undefined);
  return (
    <section aria-label={text.textTitle} className="flex flex-col gap-2 px-4 pb-4">
      <h2 className="text-base font-semibold">{text.textTitle}</h2>
      {lines.length === 0 && <p className="text-ink-soft">{text.noText}</p>}
      <ul className="flex flex-wrap gap-1">
        {lines.map((line, place) => (
          <li key={place}>
            <button
              type="button"
              className="min-h-8 rounded-md border border-line px-2 text-left wrap-anywhere hover:border-accent"
              onPointerEnter={() => onLight(place)}
              onPointerLeave={unlight}
              onFocus={() => onLight(place)}
              onBlur={unlight}
            >
              {line.text}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
