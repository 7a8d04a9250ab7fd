import { type KeyboardEvent, type MouseEvent, useCallback, useMemo, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';

import { ContextMenu, type MenuEntry } from '@/components/ui/overlays/menu';
import type { Medium } from '@/pages/library/media/medium';

import { fitTiles, gap, placeAfter, rowsOf, tilesInBox } from './geometry';
import { addAll, extendTo, nothingSelected, type Selection, toggleOne } from './selection';
import { Tile } from './tile';
import { useBoxDrag } from './use-box-drag';
import { useWidth } from './use-width';

interface ContactSheetProps {
  label: string;
  media: readonly Medium[];
  /** The least width of a tile in pixels. */
  leastWidth: number;
  selection: Selection;
  /** Without it, media cannot be selected. */
  onSelection: ((change: (before: Selection) => Selection) => void) | undefined;
  /** The actions of one medium, for its context menu. */
  menuOf: (medium: Medium) => readonly MenuEntry[];
}

/** The media of an index as a grid of pictures. Only the rows in sight are drawn. */
export function ContactSheet({ label, media, leastWidth, selection, onSelection, menuOf }: ContactSheetProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const width = useWidth(content);
  const geometry = useMemo(() => fitTiles(width, leastWidth), [width, leastWidth]);
  const rows = useMemo(() => rowsOf(media, geometry.columns), [media, geometry.columns]);
  const ids = useMemo(() => media.map(({ id }) => id), [media]);

  const select = useCallback(
    (place: number, { shiftKey }: { shiftKey: boolean }) => {
      const id = ids[place];
      if (id !== undefined) onSelection?.((before) => (shiftKey ? extendTo(before, ids, id) : toggleOne(before, id)));
    },
    [ids, onSelection],
  );

  const before = useRef<Selection>(nothingSelected);
  const { box, handlers } = useBoxDrag(
    content,
    scroller,
    onSelection === undefined
      ? null
      : {
          onStart: () => (before.current = selection),
          onChange: (drawn) => {
            const touched = tilesInBox(geometry, ids.length, drawn).flatMap((place) => ids[place] ?? []);
            onSelection(() => addAll(before.current, touched));
          },
        },
  );

  const focusTile = (place: number) => {
    list.current?.scrollToIndex(Math.floor(place / geometry.columns), { align: 'nearest' });
    requestAnimationFrame(() => content.current?.querySelector<HTMLElement>(`[data-tile="${place}"] a`)?.focus());
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const place = placeOf(event.target);
    if (event.altKey || place === null) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== 'a' || onSelection === undefined) return;
      event.preventDefault();
      onSelection((old) => addAll(old, ids));
      return;
    }
    if (event.key === 'x' || event.key === 'X') select(place, { shiftKey: event.shiftKey });
    if (event.key === 'Escape') onSelection?.(() => nothingSelected);
    const next = placeAfter(event.key, place, geometry.columns, ids.length);
    if (next === null) return;
    event.preventDefault();
    if (event.shiftKey) selectAlong(place, next);
    focusTile(next);
  };

  /** Shift with an arrow selects the medium that has the focus and those up to the next one. */
  const selectAlong = (place: number, next: number) => {
    const [from, to] = [ids[place], ids[next]];
    if (from === undefined || to === undefined) return;
    onSelection?.((old) => extendTo(old.ids.has(from) ? { ...old, anchor: old.anchor ?? from } : toggleOne(old, from), ids, to));
  };

  const [underMenu, setUnderMenu] = useState<Medium | null>(null);
  /** One menu serves all tiles. It opens on tiles alone. */
  const onContextMenu = (event: MouseEvent) => {
    const medium = media[placeOf(event.target) ?? -1];
    if (medium === undefined) event.stopPropagation();
    else setUnderMenu(medium);
  };

  return (
    <div ref={scroller} className="relative min-h-0 flex-1 overflow-auto px-4 pt-1 pb-20" onKeyDown={onKeyDown} {...handlers}>
      <ContextMenu entries={underMenu === null ? [] : menuOf(underMenu)}>
      <div ref={content} role="list" onContextMenuCapture={onContextMenu} aria-label={label} className="relative select-none">
        {width > 0 && (
          <Virtualizer ref={list} scrollRef={scroller} data={rows} itemSize={geometry.rowHeight} bufferSize={geometry.rowHeight}>
            {(row, rowIndex) => (
              <div
                key={row[0]?.id ?? rowIndex}
                className="grid"
                style={{ gridTemplateColumns: `repeat(${geometry.columns}, ${geometry.width}px)`, columnGap: gap, paddingBottom: gap }}
              >
                {row.map((medium, column) => (
                  <Tile
                    key={medium.id}
                    medium={medium}
                    index={rowIndex * geometry.columns + column}
                    count={ids.length}
                    isSelected={selection.ids.has(medium.id)}
                    onSelect={onSelection === undefined ? undefined : select}
                  />
                ))}
              </div>
            )}
          </Virtualizer>
        )}
        {box !== null && (
          <div
            className="pointer-events-none absolute rounded-md border border-accent bg-accent/20"
            style={{ left: box.left, top: box.top, width: box.right - box.left, height: box.bottom - box.top }}
          />
        )}
      </div>
      </ContextMenu>
    </div>
  );
}

function placeOf(target: EventTarget): number | null {
  const tile = target instanceof Element ? target.closest<HTMLElement>('[data-tile]') : null;
  return tile === null ? null : Number(tile.dataset.tile);
}
