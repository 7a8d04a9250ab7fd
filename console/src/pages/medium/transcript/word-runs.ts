import type { WordRange } from './text-match';

/** How a word is shown. A word with several reasons gets the first of this order. */
export type WordLook = 'spoken' | 'lit' | 'match' | 'found' | 'plain';

/** Words that follow each other and look alike, both included. */
export interface WordRun extends WordRange {
  look: WordLook;
}

export interface LineMarks {
  /** The spoken word; -1 if it is not in the line. */
  spoken: number;
  lit: WordRange | undefined;
  match: WordRange | undefined;
  found: readonly WordRange[];
}

/** Split a line into runs. A line without marks is one run, so that long transcripts have few elements. */
export function wordRuns(line: WordRange, marks: LineMarks): WordRun[] {
  if (marks.spoken < 0 && marks.lit === undefined && marks.match === undefined && marks.found.length === 0) {
    return [{ first: line.first, last: line.last, look: 'plain' }];
  }
  const runs: WordRun[] = [];
  for (let word = line.first; word <= line.last; word += 1) {
    const look = lookOf(word, marks);
    const before = runs.at(-1);
    if (before?.look === look) before.last = word;
    else runs.push({ first: word, last: word, look });
  }
  return runs;
}

function lookOf(word: number, { spoken, lit, match, found }: LineMarks): WordLook {
  const within = (range: WordRange | undefined) => range !== undefined && range.first <= word && word <= range.last;
  if (word === spoken) return 'spoken';
  if (within(lit)) return 'lit';
  if (within(match)) return 'match';
  return found.some(within) ? 'found' : 'plain';
}

/** Return the word at a character of a run, whose words are joined by single blanks. */
export function wordAtCharacter(words: readonly { text: string }[], run: WordRange, character: number): number {
  let end = 0;
  for (let word = run.first; word < run.last; word += 1) {
    end += (words[word]?.text.length ?? 0) + 1;
    if (character < end) return word;
  }
  return run.last;
}

/** Return the character under a point and the element whose text it belongs to; null beside all text. */
export function characterAt(x: number, y: number): { element: HTMLElement; character: number } | null {
  const found = caretAt(x, y);
  const element = found?.node.parentElement ?? null;
  return found === null || element === null ? null : { element, character: found.offset };
}

function caretAt(x: number, y: number): { node: Node; offset: number } | null {
  if ('caretPositionFromPoint' in document) {
    const position = document.caretPositionFromPoint(x, y);
    return position === null ? null : { node: position.offsetNode, offset: position.offset };
  }
  const range = (document as { caretRangeFromPoint?: (x: number, y: number) => Range | null }).caretRangeFromPoint?.(x, y);
  return range == null ? null : { node: range.startContainer, offset: range.startOffset };
}
