/** How well a text fits what the reader types: greater is better, 0 is not at all. */
export function scoreOf(text: string, typed: string): number {
  const have = folded(text);
  const parts = folded(typed).split(/\s+/).filter((part) => part !== '');
  if (parts.length === 0) return 1;
  let score = 0;
  for (const part of parts) {
    const found = partScore(have, part);
    if (found === 0) return 0;
    score += found;
  }
  return score / parts.length;
}

/** The start of the text is best, then the start of a word, then any place, then the letters in order. */
function partScore(have: string, part: string): number {
  const place = have.indexOf(part);
  if (place === 0) return 4;
  if (have.includes(` ${part}`)) return 3;
  if (place > 0) return 2;
  return part.length > 1 && inOrder(have, part) ? 1 : 0;
}

function inOrder(have: string, part: string): boolean {
  let place = -1;
  for (const letter of part) {
    place = have.indexOf(letter, place + 1);
    if (place === -1) return false;
  }
  return true;
}

/** Drop case and accents. Marks between words become spaces. */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[-_./:]+/g, ' ')
    .trim();
}

/** Return the things that fit, the best first and equal ones in their order, at most `most`. */
export function bestOf<Thing>(things: readonly Thing[], typed: string, textOf: (thing: Thing) => string, most: number): Thing[] {
  return things
    .map((thing) => ({ thing, score: scoreOf(textOf(thing), typed) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .slice(0, most)
    .map(({ thing }) => thing);
}
