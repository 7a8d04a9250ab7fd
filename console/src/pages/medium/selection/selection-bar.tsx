import { Scissors, X } from 'lucide-react';

import { clipTime } from '@/components/clips/clip-times';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';

import type { Selection } from './selected-span';

interface SelectionBarProps {
  selection: Selection;
  onClip: (() => void) | undefined;
  onClear: () => void;
}

/** The part of the medium that is selected, and what can be done with it. */
export function SelectionBar({ selection, onClip, onClear }: SelectionBarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-1">
      <span role="status">{inWords(selection)}</span>
      <Button onClick={onClip}>
        <Scissors size={16} aria-hidden />
        {words.clips.make}
      </Button>
      <IconButton icon={X} label={words.clips.clearSelection} onClick={onClear} />
    </div>
  );
}

function inWords({ from, to }: Selection): string {
  if (from !== null && to !== null) return words.clips.selected(clipTime(from), clipTime(to));
  return from === null ? words.clips.selectedTo(clipTime(to ?? 0)) : words.clips.selectedFrom(clipTime(from));
}
