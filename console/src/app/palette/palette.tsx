import { Dialog } from '@base-ui/react/dialog';
import { Search } from 'lucide-react';
import { useId, useState } from 'react';

import { keysInWords } from '@/app/shortcuts/keys';
import { backdropLook } from '@/components/ui/overlays/dialog';
import { words } from '@/words/en';

import { type PaletteEntry, usePaletteGroups } from './use-entries';

/** The palette: every page, index, prompt, recent medium and action, found by typing. */
export function Palette({ onClose }: { onClose: () => void }) {
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Backdrop className={backdropLook} />
        <Dialog.Popup className="fixed inset-x-2 top-2 z-40 mx-auto flex max-h-[min(32rem,calc(100dvh-1rem))] max-w-xl flex-col rounded-md border border-line-strong bg-surface text-sm text-ink outline-none sm:top-24">
          <Dialog.Title className="sr-only">{words.shell.palette}</Dialog.Title>
          <PaletteBox onClose={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteBox({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const groups = usePaletteGroups(typed);
  const entries = groups.flatMap((group) => group.entries);
  const current = Math.min(chosen, entries.length - 1);
  const run = (entry: PaletteEntry | undefined) => {
    if (entry === undefined) return;
    onClose();
    entry.run();
  };
  const move = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && entries.length > 0) setChosen((current + step + entries.length) % entries.length);
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(entries[current]);
    else return;
    event.preventDefault();
  };
  const optionId = (entry: PaletteEntry) => `${listId} ${entry.id}`.replaceAll(/\s/g, '-');
  const active = entries[current];
  return (
    <>
      <div className="relative border-b border-line">
        <Search size={16} aria-hidden className="absolute top-4 left-4 text-ink-soft" />
        <input
          role="combobox"
          aria-label={words.shell.palette}
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={active === undefined ? undefined : optionId(active)}
          autoComplete="off"
          spellCheck={false}
          placeholder={words.shell.palettePlaceholder}
          className="h-12 w-full rounded-t-md bg-transparent pr-4 pl-11 text-base -outline-offset-2 placeholder:text-ink-soft"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setChosen(0);
          }}
          onKeyDown={move}
        />
      </div>
      <div id={listId} role="listbox" aria-label={words.shell.palette} className="min-h-0 overflow-y-auto p-2">
        {groups.map((group) => (
          <div key={group.title} role="group" aria-label={group.title}>
            <p aria-hidden className="px-2 pt-2 pb-1 text-xs text-ink-soft">
              {group.title}
            </p>
            {group.entries.map((entry) => (
              <Line key={entry.id} id={optionId(entry)} entry={entry} selected={entry === active} onRun={() => run(entry)} />
            ))}
          </div>
        ))}
        {entries.length === 0 && <p className="p-4 text-center text-ink-soft">{words.shell.paletteNothing}</p>}
      </div>
    </>
  );
}

interface LineProps {
  id: string;
  entry: PaletteEntry;
  selected: boolean;
  onRun: () => void;
}

/** One line. The one that Enter runs is lit, and kept in sight. */
function Line({ id, entry, selected, onRun }: LineProps) {
  return (
    <div
      id={id}
      role="option"
      aria-selected={selected}
      ref={(element) => {
        if (selected) element?.scrollIntoView({ block: 'nearest' });
      }}
      onClick={onRun}
      className={`flex min-h-9 cursor-pointer items-center gap-3 rounded-md px-2 ${selected ? 'bg-accent-soft' : 'hover:bg-raised'}`}
    >
      <span className="min-w-0 flex-1 truncate">{entry.label}</span>
      {entry.detail !== undefined && <span className="max-w-40 truncate text-xs text-ink-soft">{entry.detail}</span>}
      {entry.keys !== undefined && <kbd className="font-sans text-xs text-ink-soft">{keysInWords(entry.keys)}</kbd>}
    </div>
  );
}
