/** Words of a question that name nothing. */
const smallWords = new Set(
  ('a an and any are at be by can could did do does for from get how i if in is it its me my of on or our should that the their there ' +
    'these this to was we what when where which who why will with would you your').split(' '),
);

/** Take the small words out of a query: Pagefind finds only what has every word. A query of small words alone stays. */
export function withoutSmallWords(query: string): string {
  const words = query.split(/\s+/).map((word) => word.replace(/[?!.,]+$/, ''));
  const kept = words.filter((word) => word !== '' && !smallWords.has(word.toLowerCase()));
  return query.includes('"') || kept.length === 0 ? query : kept.join(' ');
}
