import { ChevronDown, ChevronUp } from 'lucide-react';

import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';

const text = words.medium.transcript;

interface TranscriptSearchProps {
  query: string;
  onQuery: (query: string) => void;
  /** The match that the reader is at, from 0, of `count`. */
  place: number;
  count: number;
  onChoose: (place: number) => void;
}

/** A search in the transcript. Enter goes to the next match, with shift to the previous one. */
export function TranscriptSearch({ query, onQuery, place, count, onChoose }: TranscriptSearchProps) {
  const go = (by: number) => {
    if (count > 0) onChoose((place + by + count) % count);
  };
  return (
    <search className="flex items-center gap-1">
      <input
        type="search"
        aria-label={text.search}
        placeholder={text.search}
        value={query}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') onQuery('');
        }}
        className="h-8 w-56 rounded-md border border-line-strong bg-surface px-2 text-sm placeholder:text-ink-soft"
      />
      <span role="status" className="text-xs whitespace-nowrap text-ink-soft">
        {query.trim() !== '' && (count === 0 ? text.noMatch : text.matches(place + 1, count))}
      </span>
      {count > 0 && query.trim() !== '' && (
        <>
          <IconButton icon={ChevronUp} label={text.previousMatch} onClick={() => go(-1)} />
          <IconButton icon={ChevronDown} label={text.nextMatch} onClick={() => go(1)} />
        </>
      )}
    </search>
  );
}
