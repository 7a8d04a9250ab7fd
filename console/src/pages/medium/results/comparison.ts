import { type JsonObject, type Leaf, leavesOf } from './json-value';

/** A single value of two results. A side that does not have it is undefined. */
export interface ComparedValue {
  path: string;
  left: Leaf['value'] | undefined;
  right: Leaf['value'] | undefined;
  differs: boolean;
}

/** Put the single values of two results side by side, in the order of the left one. */
export function compared(left: JsonObject, right: JsonObject): ComparedValue[] {
  const others = new Map(leavesOf(right).map((leaf) => [leaf.path, leaf.value]));
  const rows = leavesOf(left).map(({ path, value }): ComparedValue => {
    const other = others.get(path);
    others.delete(path);
    return { path, left: value, right: other, differs: other !== value };
  });
  for (const [path, value] of others) rows.push({ path, left: undefined, right: value, differs: true });
  return rows;
}

/** A part of a text: words that both texts have, or words that only this one has. */
export interface TextPart {
  text: string;
  differs: boolean;
}

const mostWords = 400;

/** Split two texts into equal and different parts, by words. Very long texts differ as a whole. */
export function differences(left: string, right: string): [TextPart[], TextPart[]] {
  const [a, b] = [wordsOf(left), wordsOf(right)];
  if (left === right || a.length > mostWords || b.length > mostWords) {
    const differs = left !== right;
    return [[{ text: left, differs }], [{ text: right, differs }]];
  }
  const [keptLeft, keptRight] = longestCommon(a, b);
  return [parts(a, keptLeft), parts(b, keptRight)];
}

function wordsOf(text: string): string[] {
  return text.split(/(?<=\s)/);
}

/** Return which words of each text belong to their longest common subsequence. */
function longestCommon(a: readonly string[], b: readonly string[]): [Set<number>, Set<number>] {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  const same = (row: number, column: number) => a[row]?.trim() === b[column]?.trim();
  for (let row = a.length - 1; row >= 0; row -= 1) {
    for (let column = b.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] = same(row, column)
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const kept: [Set<number>, Set<number>] = [new Set(), new Set()];
  for (let row = 0, column = 0; row < a.length && column < b.length; ) {
    if (same(row, column)) {
      kept[0].add(row++);
      kept[1].add(column++);
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return kept;
}

function parts(words: readonly string[], kept: ReadonlySet<number>): TextPart[] {
  const found: TextPart[] = [];
  words.forEach((word, place) => {
    const differs = !kept.has(place);
    const last = found.at(-1);
    if (last?.differs === differs) last.text += word;
    else found.push({ text: word, differs });
  });
  return found;
}

/** Return the place of the span that shares the most time with another; -1 if none shares any. */
export function mostOverlapping(spans: readonly { start_time: number; end_time: number }[], start: number, end: number): number {
  let best = -1;
  let longest = 0;
  spans.forEach((span, place) => {
    const shared = Math.min(end, span.end_time) - Math.max(start, span.start_time);
    if (shared > longest) [best, longest] = [place, shared];
  });
  return best < 0 && spans.length === 1 ? 0 : best;
}
