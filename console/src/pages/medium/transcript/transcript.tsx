import { type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { VList, type VListHandle } from 'virtua';

import type { Playback } from '@/components/player/playback';
import { usePlayback } from '@/components/player/use-playback';
import { formatLanguage } from '@/components/text/format-language';
import { Button } from '@/components/ui/button';
import { words as texts } from '@/words/en';

import { lastStarted, type SpokenText, type SpokenWord, wordAt } from './spoken-words';
import { findPhrase, streamOf, type WordRange } from './text-match';
import { TranscriptDownload } from './transcript-download';
import { TranscriptRow } from './transcript-row';
import { TranscriptSearch } from './transcript-search';
import { characterAt, wordAtCharacter } from './word-runs';

const text = texts.medium.transcript;

interface TranscriptProps {
  videoId: string;
  playback: Playback;
  spoken: SpokenText;
  /** The language of the speech, such as "en". */
  language: string | null;
  /** Words to light, besides the spoken one. */
  lit: WordRange | undefined;
}

/** What is said, word by word. It follows the playback until the reader scrolls; a click goes to the word. */
export function Transcript({ videoId, playback, spoken, language, lit }: TranscriptProps) {
  const list = useRef<VListHandle>(null);
  const [following, setFollowing] = useState(true);
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const stream = useMemo(() => streamOf(spoken.words), [spoken]);
  const matches = useMemo(() => findPhrase(stream, query), [stream, query]);
  const found = useMemo(() => matchesByLine(matches, spoken), [matches, spoken]);
  const match = matches[Math.min(chosen, matches.length - 1)];
  useFollow(list, playback, spoken, following && query === '');
  const show = (range: WordRange | undefined) => {
    const line = range === undefined ? undefined : spoken.words[range.first]?.line;
    if (line === undefined) return;
    setFollowing(false);
    list.current?.scrollToIndex(line, { align: 'center' });
  };
  const choose = (place: number) => {
    setChosen(place);
    show(matches[place]);
  };
  return (
    <section aria-label={text.title} className="flex min-h-0 flex-1 flex-col gap-2 px-4">
      <header className="flex flex-wrap items-center gap-2">
        <h2 className="text-base font-semibold">{text.title}</h2>
        {language !== null && <span className="text-xs text-ink-soft">{text.language(formatLanguage(language))}</span>}
        <span className="flex-1" />
        {!following && <Button onClick={() => setFollowing(true)}>{text.follow}</Button>}
        <TranscriptSearch
          query={query}
          onQuery={(next) => {
            setQuery(next);
            setChosen(0);
            show(findPhrase(stream, next, 1)[0]);
          }}
          place={Math.min(chosen, matches.length - 1)}
          count={matches.length}
          onChoose={choose}
        />
        <TranscriptDownload videoId={videoId} />
      </header>
      <div
        className="flex h-80 min-h-0 flex-col rounded-md border border-line lg:flex-1"
        onWheel={() => setFollowing(false)}
        onTouchMove={() => setFollowing(false)}
        onPointerDown={(event) => {
          // The scroll bar belongs to the list itself.
          if (event.target instanceof HTMLElement && event.target.hasAttribute('data-transcript')) setFollowing(false);
        }}
        onClick={(event) => {
          const word = wordUnder(event, spoken);
          if (word !== undefined) playback.seekToStart(word.start);
        }}
      >
        <VList ref={list} data={spoken.lines} className="min-h-0 flex-1" data-transcript="" data-testid="transcript">
          {(line, place) => (
            <TranscriptRow
              key={place}
              playback={playback}
              words={spoken.words}
              line={line}
              place={place}
              lit={touching(line, lit)}
              found={found.get(place) ?? none}
              match={touching(line, match)}
            />
          )}
        </VList>
      </div>
    </section>
  );
}

const none: readonly WordRange[] = [];

/** Sort matches by the lines that they touch. */
function matchesByLine(matches: readonly WordRange[], { words, lines }: SpokenText): Map<number, WordRange[]> {
  const found = new Map<number, WordRange[]>();
  for (const match of matches) {
    const last = words[match.last]?.line ?? lines.length;
    for (let line = words[match.first]?.line ?? 0; line <= last; line += 1) {
      found.set(line, [...(found.get(line) ?? []), match]);
    }
  }
  return found;
}

/** Return a range if it has words of a line. */
function touching(line: WordRange, range: WordRange | undefined): WordRange | undefined {
  return range !== undefined && range.first <= line.last && range.last >= line.first ? range : undefined;
}

/** Return the word under a pointer. A click that ends a selection of text means no word. */
function wordUnder({ clientX, clientY }: MouseEvent, { words }: SpokenText): SpokenWord | undefined {
  if (window.getSelection()?.isCollapsed === false) return undefined;
  const found = characterAt(clientX, clientY);
  const { first, last } = found?.element.dataset ?? {};
  if (found === null || first === undefined || last === undefined) return undefined;
  return words[wordAtCharacter(words, { first: Number(first), last: Number(last) }, found.character)];
}

/** Keep the spoken line in the middle of the list. */
function useFollow(list: { current: VListHandle | null }, playback: Playback, spoken: SpokenText, following: boolean): void {
  const line = usePlayback(playback, ({ time }) => {
    const word = wordAt(spoken.words, time);
    return spoken.words[word]?.line ?? lastStarted(spoken.lines, time);
  });
  useEffect(() => {
    if (following && line >= 0) list.current?.scrollToIndex(line, { align: 'center' });
  }, [list, line, following]);
}
