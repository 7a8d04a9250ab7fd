/** A piece of a text. `marked` pieces are words of the query. */
interface TextPiece {
  text: string;
  marked: boolean;
}

const word = /[\p{L}\p{N}\p{M}]+/gu;

// The words that the server leaves out of a query that has others.
const stopWords = new Set(
  (
    'a about an and are as at be been but by did do does for from had has have he her his how i in is it its me my not of ' +
    'on or our she so some someone something that the their them then there these they this those to was we were what ' +
    'when where which while who whom whose why will with you your'
  ).split(' '),
);

/** Return the words of a query that hits are marked with, compared as the server compares them. */
export function queryWords(query: string): ReadonlySet<string> {
  const all = [...new Set([...query.matchAll(word)].map(([found]) => folded(found)))];
  const significant = all.filter((each) => !stopWords.has(each));
  return new Set(significant.length > 0 ? significant : all);
}

/** Split a text into pieces, so that the words of a query can be marked. */
export function markedPieces(text: string, words: ReadonlySet<string>): TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const found of text.matchAll(word)) {
    if (!words.has(folded(found[0]))) continue;
    if (found.index > end) pieces.push({ text: text.slice(end, found.index), marked: false });
    pieces.push({ text: found[0], marked: true });
    end = found.index + found[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), marked: false });
  return pieces;
}

/** Shorten a long text to the part around its first marked word. */
export function excerpt(pieces: readonly TextPiece[], before = 60): TextPiece[] {
  const [first, ...rest] = pieces;
  if (first === undefined || first.marked || rest.length === 0 || first.text.length <= before) return [...pieces];
  const cut = first.text.slice(-before);
  const space = cut.indexOf(' ');
  return [{ text: `…${space < 0 ? cut : cut.slice(space)}`, marked: false }, ...rest];
}

function folded(text: string): string {
  return text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFKC');
}
