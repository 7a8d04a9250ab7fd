import { memo } from 'react';

import type { Playback } from '@/components/player/playback';
import { usePlayback } from '@/components/player/use-playback';
import { formatSeconds } from '@/components/time/format';
import { words as texts } from '@/words/en';

import { type SpokenWord, type TranscriptLine, wordAt } from './spoken-words';
import { type LineMarks, type WordLook, type WordRun, wordRuns } from './word-runs';

interface TranscriptRowProps extends Omit<LineMarks, 'spoken'> {
  playback: Playback;
  /** The words of the whole medium. */
  words: readonly SpokenWord[];
  line: TranscriptLine;
  /** The number of the line, from 0. */
  place: number;
}

/** A line of the transcript with its time. Only the line with the spoken word is drawn as the medium plays. */
export const TranscriptRow = memo(function TranscriptRow({ playback, words, line, place, ...marks }: TranscriptRowProps) {
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
        onClick={() => playback.seekToStart(line.start)}
      >
        {time}
      </button>
      <p className="min-w-0 cursor-pointer text-base wrap-anywhere" dir="auto">
        {wordRuns(line, { ...marks, spoken }).map((run) => (
          <Run key={run.first} run={run} words={words} />
        ))}
      </p>
    </div>
  );
});

const looks: Record<WordLook, string> = {
  plain: '',
  spoken: 'rounded-[2px] bg-accent text-accent-ink',
  lit: 'rounded-[2px] bg-accent-soft outline-2 outline-accent',
  match: 'rounded-[2px] bg-accent-soft outline-2 outline-ink',
  found: 'rounded-[2px] bg-accent-soft',
};

function Run({ run, words }: { run: WordRun; words: readonly SpokenWord[] }) {
  const text = words.slice(run.first, run.last + 1).map((word) => word.text);
  return (
    <>
      <span
        data-first={run.first}
        data-last={run.last}
        aria-current={run.look === 'spoken' ? 'true' : undefined}
        className={looks[run.look]}
      >
        {text.join(' ')}
      </span>{' '}
    </>
  );
}
