import type { Models } from '@/api/client';
import type { SpokenWord } from '@/pages/medium/transcript/spoken-words';
import { findPhrase, sharedPhrases, streamOf, tokensOf, type WordRange } from '@/pages/medium/transcript/text-match';

/** A moment at which the words of a value are said or read, or its label is seen. */
export interface Evidence {
  kind: 'said' | 'read' | 'seen';
  start: number;
  end: number;
  /** The words as they are said or read. */
  text: string;
  /** The spoken words, as places in the transcript. */
  words?: WordRange;
  /** The place of the line of text in the timeline. */
  line?: number;
}

const mostMoments = 3;
const shortestShared = 3;
/** How far outside a segment a word may begin, in seconds: segments are cut at words, but not to the millisecond. */
const tolerance = 0.25;

/** What is known of a medium within a segment, prepared to look up many values. */
export class SegmentEvidence {
  private readonly words: SpokenWord[];
  private readonly firstWord: number;
  private readonly stream;
  private readonly lines: { text: Models['TimelineText']; place: number; tokens: string }[];
  private readonly tags: Models['TimelineTag'][];
  /** The earliest moment: the segment's start. What is seen or read may begin before the segment. */
  private readonly earliest: number;

  /** `words` are those of the whole medium. Without times, as for a picture, everything is inside. */
  constructor(words: readonly SpokenWord[], timeline: Models['VideoTimeline'], start: number, end: number) {
    const inside = (span: { start: number; end: number }) =>
      end <= start || (span.start < end + tolerance && span.end > start - tolerance);
    this.earliest = end <= start ? 0 : start;
    const first = words.findIndex(inside);
    this.firstWord = Math.max(0, first);
    this.words = first < 0 ? [] : words.slice(first).filter(inside);
    this.stream = streamOf(this.words);
    this.lines = timeline.text_lines
      .map((text, place) => ({ text, place }))
      .filter(({ text }) => inside(text))
      .map((line) => ({ ...line, tokens: tokensOf(line.text.text).join(' ') }))
      .filter(({ tokens }) => tokens !== '');
    this.tags = timeline.tags.filter(inside);
  }

  /** Return the moments of a value, at most three, in order of time. */
  of(value: string): Evidence[] {
    const sought = tokensOf(value).join(' ');
    if (sought.length < 2) return [];
    const found = [...this.said(value), ...this.read(sought)];
    const all = found.length > 0 ? found : this.seen(sought);
    return all.sort((a, b) => a.start - b.start).slice(0, mostMoments);
  }

  private said(value: string): Evidence[] {
    const whole = findPhrase(this.stream, value, mostMoments).filter((range) => this.endsWithWord(range, value));
    const ranges = whole.length > 0 ? whole : sharedPhrases(this.stream, value, shortestShared, mostMoments);
    return ranges.flatMap(({ first, last }) => {
      const [from, to] = [this.words[first], this.words[last]];
      if (from === undefined || to === undefined) return [];
      const text = this.words.slice(first, last + 1).map((word) => word.text);
      const words = { first: first + this.firstWord, last: last + this.firstWord };
      return [{ kind: 'said' as const, start: from.start, end: to.end, text: text.join(' '), words }];
    });
  }

  /** A value ends with a word, unlike a query that somebody still types. */
  private endsWithWord({ last }: WordRange, value: string): boolean {
    return tokensOf(this.words[last]?.text ?? '').at(-1) === tokensOf(value).at(-1);
  }

  private read(sought: string): Evidence[] {
    const matches = this.lines.filter(({ tokens }) => contains(sought, tokens) || contains(tokens, sought));
    return matches.map(({ text, place }) => ({ ...this.moment('read', text), text: text.text, line: place }));
  }

  private seen(sought: string): Evidence[] {
    const matches = this.tags.filter((tag) => tokensOf(tag.label).join(' ') === sought);
    return matches.slice(0, 1).map((tag) => ({ ...this.moment('seen', tag), text: tag.label }));
  }

  private moment<Kind extends Evidence['kind']>(kind: Kind, span: { start: number; end: number }) {
    return { kind, start: Math.max(span.start, this.earliest), end: span.end };
  }
}

/** Whether `part` stands in `whole` as complete words. A part of one or two letters tells nothing. */
function contains(whole: string, part: string): boolean {
  return whole === part || (part.length > 2 && ` ${whole} `.includes(` ${part} `));
}
