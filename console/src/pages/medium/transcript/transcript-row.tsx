import { memo } from 'react';

import type { Playback } from '@/components/player/playback';
import { usePlayback } from '@/components/player/use-playback';
import { formatSeconds } from '@/components/time/format';
import { words as texts } from '@/words/en';

import { type SpokenWord, type TranscriptLine, wordAt } from './spoken-words';
import type { WordRange } from './text-match';

interface TranscriptRowProps {
  playback: Playback;
  /** The words of the whole medium. */
  words: readonly SpokenWord[];
  line: TranscriptLine;
  /** The number of the line, from 0. */
  place: number;
  lit: WordRange | undefined;
  /** What the search found in the line, and the match that the reader is at. */
  found: readonly WordRange[];
  match: WordRange | undefined;
}

/** A line of the transcript with its time. Only the line with the spoken word is drawn as the medium plays. */
export const TranscriptRow = memo(function TranscriptRow({ playback, words, line, place, lit, found, match }: TranscriptRowProps) {
  const spoken = usePlayback(playback, ({ time }) => {
    if (time < line.start - 1 || time > line.end + 1) return -1;
    const word = wordAt(words, time);
    return words[word]?.line === place ? word : -1;
  });
  const time = formatSeconds(line.start);
  return (
    <div className={`flex gap-2 px-2 py-1 ${spoken >= 0 ? 'bg-raised' : ''}`}>
      <button
        type="button"
        className="h-6 w-14 shrink-0 rounded-md text-right text-xs text-ink-soft hover:text-ink"
        aria-label={texts.medium.transcript.goTo(time)}
        onClick={() => playback.seek(line.start)}
      >
        {time}
      </button>
      <p className="min-w-0 text-base wrap-anywhere" dir="auto">
        {words.slice(line.first, line.last + 1).map((word, offset) => {
          const number = line.first + offset;
          return (
            <Word
              key={number}
              number={number}
              text={word.text}
              look={lookOf(number, spoken, lit, match, found)}
              spoken={number === spoken}
            />
          );
        })}
      </p>
    </div>
  );
});

const looks = {
  plain: '',
  spoken: 'bg-accent text-accent-ink',
  lit: 'bg-accent-soft outline-2 outline-accent',
  match: 'bg-accent-soft outline-2 outline-ink',
  found: 'bg-accent-soft',
};

function lookOf(
  number: number,
  spoken: number,
  lit: WordRange | undefined,
  match: WordRange | undefined,
  found: readonly WordRange[],
): keyof typeof looks {
  const within = (range: WordRange | undefined) => range !== undefined && range.first <= number && number <= range.last;
  if (number === spoken) return 'spoken';
  if (within(lit)) return 'lit';
  if (within(match)) return 'match';
  return found.some(within) ? 'found' : 'plain';
}

interface WordProps {
  number: number;
  text: string;
  look: keyof typeof looks;
  spoken: boolean;
}

function Word({ number, text, look, spoken }: WordProps) {
  return (
    <>
      <span
        data-word={number}
        aria-current={spoken ? 'true' : undefined}
        className={`cursor-pointer rounded-[2px] hover:underline ${looks[look]}`}
      >
        {text}
      </span>{' '}
    </>
  );
}
