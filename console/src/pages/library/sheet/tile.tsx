import { useRouter } from '@tanstack/react-router';
import { AudioLines, Image } from 'lucide-react';
import { memo, type MouseEvent, type PointerEvent, useCallback, useRef, useState } from 'react';

import { rowLink } from '@/app/shortcuts/use-row-keys';
import { MarkerDot } from '@/components/markers/marker-dot';
import { formatSeconds } from '@/components/time/format';
import type { Medium } from '@/pages/library/media/medium';
import { Poster } from '@/pages/library/sheet/poster';
import { Preview } from '@/pages/library/sheet/preview';
import { TileMark } from '@/pages/library/sheet/tile-mark';
import { words } from '@/words/en';

interface TileProps {
  medium: Medium;
  /** The place of the tile in its sheet, from 0. */
  index: number;
  count: number;
  isSelected?: boolean;
  /** Called when the check mark is clicked. Without it, the tile cannot be selected. */
  onSelect?: (index: number, event: { shiftKey: boolean }) => void;
}

/** A medium of a contact sheet: its poster, with a preview under the pointer, and its title as a link. */
export const Tile = memo(function Tile({ medium, index, count, isSelected = false, onSelect }: TileProps) {
  const router = useRouter();
  /** A `Link` costs more than the rest of the tile. This does the same for the one address of a tile. */
  const open = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void router.navigate({ to: '/media/$videoId', params: { videoId: medium.id } });
  };
  return (
    <div
      role="listitem"
      aria-setsize={count}
      aria-posinset={index + 1}
      data-tile={index}
      className="group relative min-w-0"
    >
      <a
        {...rowLink}
        href={`/media/${encodeURIComponent(medium.id)}`}
        onClick={open}
        draggable={false}
        className="block rounded-md focus-visible:outline-offset-4"
      >
        <Picture medium={medium} isSelected={isSelected} />
        <span title={medium.title} className="block h-7 truncate pt-1 text-sm">
          {medium.marker !== null && <MarkerDot marker={medium.marker} className="mr-1.5" />}
          {medium.title}
        </span>
      </a>
      {onSelect !== undefined && (
        <input
          type="checkbox"
          checked={isSelected}
          aria-label={words.library.select(medium.title)}
          tabIndex={-1}
          onChange={() => undefined}
          onClick={(event) => onSelect(index, event)}
          className={`absolute top-2 left-2 size-5 accent-accent ${isSelected ? '' : 'not-focus-visible:opacity-0 group-hover:opacity-100 pointer-coarse:opacity-100'}`}
        />
      )}
    </div>
  );
});

function Picture({ medium, isSelected }: { medium: Medium; isSelected: boolean }) {
  const [isLive, setLive] = useState(false);
  const share = useRef(0);
  const draw = useRef<(() => void) | null>(null);
  const onReady = useCallback((next: (() => void) | null) => {
    draw.current = next;
  }, []);
  const place = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    share.current = Math.min(0.999, Math.max(0, (event.clientX - box.left) / box.width));
    draw.current?.();
  };
  return (
    <span
      className={`relative block aspect-video overflow-hidden rounded-md bg-sunken ${isSelected ? 'outline-3 outline-offset-1 outline-accent' : ''}`}
      onPointerEnter={(event) => {
        if (event.pointerType !== 'mouse' || medium.type === 'image') return;
        place(event);
        setLive(true);
      }}
      onPointerMove={place}
      onPointerLeave={() => setLive(false)}
    >
      <Poster videoId={medium.id} />
      {isLive && <Preview videoId={medium.id} share={share} onReady={onReady} />}
      <span className="absolute top-2 right-2">
        <TileMark status={medium.status} progress={medium.progress} />
      </span>
      <Length medium={medium} />
    </span>
  );
}

function Length({ medium }: { medium: Medium }) {
  const Icon = medium.type === 'audio' ? AudioLines : medium.type === 'image' ? Image : null;
  return (
    <span className="absolute right-2 bottom-2 flex items-center gap-1 rounded-md bg-shade/70 px-1 text-xs text-on-shade">
      {Icon !== null && <Icon size={12} aria-label={words.library.type[medium.type]} role="img" />}
      {medium.duration !== null && formatSeconds(medium.duration)}
    </span>
  );
}
