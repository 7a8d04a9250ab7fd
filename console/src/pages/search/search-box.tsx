import { ImagePlus, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';

import { searchBoxId } from '@/app/shell/search-box';
import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';

/** The pause in typing after which a search starts, in milliseconds. */
const pause = 250;

interface SearchBoxProps {
  value: string;
  /** Called when typing pauses, and at once on Enter. */
  onChange: (value: string) => void;
  onPicture: (file: File) => void;
}

/** The box for words, with a button that takes a picture. The frame's key `/` finds it by its id. */
export function SearchBox({ value, onChange, onPicture }: SearchBoxProps) {
  const chooser = useRef<HTMLInputElement>(null);
  const { text, change, commit } = usePausedText(value, onChange);
  return (
    <div className="flex h-12 min-w-0 flex-1 items-center gap-1 rounded-md border border-line-strong bg-surface px-2 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent">
      <Search size={20} aria-hidden className="mx-1 shrink-0 text-ink-soft" />
      <input
        id={searchBoxId}
        type="search"
        aria-label={words.search.boxLabel}
        placeholder={words.search.boxPlaceholder}
        value={text}
        autoFocus
        autoComplete="off"
        spellCheck={false}
        maxLength={5000}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit(text);
          if (event.key === 'Escape' && text === '') event.currentTarget.blur();
          if (event.key === 'Escape') commit('');
        }}
        className="h-full min-w-0 flex-1 bg-transparent text-base outline-none [&::-webkit-search-cancel-button]:hidden"
      />
      {text !== '' && <IconButton icon={X} label={words.search.clear} onClick={() => commit('')} />}
      <IconButton icon={ImagePlus} label={words.search.choosePicture} onClick={() => chooser.current?.click()} />
      <input
        ref={chooser}
        type="file"
        accept="image/*"
        aria-label={words.search.choosePicture}
        className="hidden"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) onPicture(file);
          event.target.value = '';
        }}
      />
    </div>
  );
}

/** Keep a text while it is typed. Pass it on when typing pauses, and take over a value that changes from outside. */
export function usePausedText(value: string, onChange: (value: string) => void) {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  const timer = useRef<number>(undefined);
  if (value !== known) {
    setKnown(value);
    if (value.trim() !== text.trim()) setText(value);
  }
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const commit = (next: string) => {
    window.clearTimeout(timer.current);
    setText(next);
    if (next !== value) onChange(next);
  };
  const change = (next: string) => {
    setText(next);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onChange(next), pause);
  };
  return { text, change, commit };
}
