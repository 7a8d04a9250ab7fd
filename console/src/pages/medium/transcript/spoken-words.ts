import type { Models } from '@/api/client';

type Utterance = Models['TimelineUtterance'];

/** A spoken word. `line` is the line of the transcript that shows it. */
export interface SpokenWord {
  text: string;
  start: number;
  end: number;
  line: number;
}

/** A line of the transcript: the words `first` to `last` of the medium, both included. */
export interface TranscriptLine {
  start: number;
  end: number;
  first: number;
  last: number;
}

export interface SpokenText {
  words: SpokenWord[];
  lines: TranscriptLine[];
}

/** The words after which a long utterance goes on in a new line. */
const longestLine = 40;

/** Put the words of a medium into lines: one for each utterance, several for a long one. */
export function spokenText(utterances: readonly Utterance[]): SpokenText {
  const words: SpokenWord[] = [];
  const lines: TranscriptLine[] = [];
  for (const utterance of utterances) {
    for (const part of partsOf(utterance)) {
      const first = words.length;
      const line = lines.length;
      for (const [text, start, end] of part) words.push({ text, start, end, line });
      lines.push({
        start: words[first]?.start ?? utterance.start,
        end: words.at(-1)?.end ?? utterance.end,
        first,
        last: words.length - 1,
      });
    }
  }
  return { words, lines };
}

type TimedWord = [text: string, start: number, end: number, confidence: number];

function partsOf(utterance: Utterance): TimedWord[][] {
  const words: TimedWord[] =
    utterance.words.length > 0 ? utterance.words : [[utterance.text, utterance.start, utterance.end, 0]];
  const parts: TimedWord[][] = [];
  for (let from = 0; from < words.length; from += longestLine) parts.push(words.slice(from, from + longestLine));
  return parts;
}

/** Return the place of the last item that starts at `second` or before it; -1 if there is none. */
export function lastStarted(items: readonly { start: number }[], second: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.start ?? Infinity) <= second) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** How long a word stays lit after its end, so that the light does not flicker in short pauses. */
const afterglow = 0.3;

/** Return the place of the word that is spoken at a second; -1 in a pause. */
export function wordAt(words: readonly SpokenWord[], second: number): number {
  const place = lastStarted(words, second + 0.001);
  const word = words[place];
  return word !== undefined && second <= word.end + afterglow ? place : -1;
}
