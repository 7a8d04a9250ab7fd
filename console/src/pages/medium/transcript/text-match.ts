/** Return the words of a text in small letters without accents and punctuation. */
export function tokensOf(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{Mark}/gu, '').toLowerCase();
  return plain.match(/[\p{Letter}\p{Number}]+/gu) ?? [];
}

/** A text as tokens. `owner` maps each token to the word that it comes from. */
interface TokenStream {
  tokens: string[];
  owner: number[];
}

export function streamOf(words: readonly { text: string }[]): TokenStream {
  const tokens: string[] = [];
  const owner: number[] = [];
  words.forEach((word, place) => {
    for (const token of tokensOf(word.text)) {
      tokens.push(token);
      owner.push(place);
    }
  });
  return { tokens, owner };
}

/** The words `first` to `last`, both included. */
export interface WordRange {
  first: number;
  last: number;
}

/** Find where a query occurs. The last word of the query may be the beginning of a word. */
export function findPhrase(stream: TokenStream, query: string, limit = 1000): WordRange[] {
  const sought = tokensOf(query);
  const found: WordRange[] = [];
  if (sought.length === 0) return found;
  for (let at = 0; at + sought.length <= stream.tokens.length && found.length < limit; at += 1) {
    if (matchesAt(stream.tokens, at, sought)) found.push(rangeOf(stream, at, sought.length));
  }
  return found;
}

function matchesAt(tokens: readonly string[], at: number, sought: readonly string[]): boolean {
  return sought.every((token, place) => {
    const other = tokens[at + place] ?? '';
    return place === sought.length - 1 ? other.startsWith(token) : other === token;
  });
}

/** Find the longest parts that a text shares with the stream, at least `least` words each, without overlap. */
export function sharedPhrases(stream: TokenStream, text: string, least: number, limit: number): WordRange[] {
  const sought = tokensOf(text);
  const places = new Map<string, number[]>();
  stream.tokens.forEach((token, place) => {
    const known = places.get(token);
    if (known === undefined) places.set(token, [place]);
    else known.push(place);
  });
  const found: { at: number; length: number }[] = [];
  for (let from = 0; from + least <= sought.length; ) {
    const best = longestAt(stream.tokens, places.get(sought[from] ?? '') ?? [], sought, from);
    if (best.length >= least) found.push(best);
    from += Math.max(1, best.length >= least ? best.length : 1);
  }
  const longest = found.sort((a, b) => b.length - a.length).slice(0, limit);
  return longest.sort((a, b) => a.at - b.at).map(({ at, length }) => rangeOf(stream, at, length));
}

function longestAt(tokens: readonly string[], candidates: readonly number[], sought: readonly string[], from: number) {
  let best = { at: 0, length: 0 };
  for (const at of candidates) {
    let length = 0;
    while (from + length < sought.length && tokens[at + length] === sought[from + length]) length += 1;
    if (length > best.length) best = { at, length };
  }
  return best;
}

function rangeOf(stream: TokenStream, at: number, length: number): WordRange {
  return { first: stream.owner[at] ?? 0, last: stream.owner[at + length - 1] ?? 0 };
}
