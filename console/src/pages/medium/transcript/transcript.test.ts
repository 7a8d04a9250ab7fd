import { expect, test } from 'vitest';

import { lastStarted, spokenText, wordAt } from './spoken-words';
import { findPhrase, sharedPhrases, streamOf, tokensOf } from './text-match';

const said = (text: string, start: number) => {
  const words = text.split(' ').map((word, n): [string, number, number, number] => [word, start + n, start + n + 0.5, 1]);
  return { text, start, end: start + words.length, words };
};
const streamOfText = (text: string) => streamOf(text.split(' ').map((word) => ({ text: word })));

test('each utterance is a line, and a long one is several', () => {
  const { words, lines } = spokenText([said('good day', 1), said(Array(90).fill('la').join(' '), 10)]);
  expect(words).toHaveLength(92);
  expect(lines.map(({ first, last }) => [first, last])).toEqual([
    [0, 1],
    [2, 41],
    [42, 81],
    [82, 91],
  ]);
  expect(words[91]?.line).toBe(3);
  expect(lines[2]?.start).toBe(50);
});

test('an utterance without timed words is one word', () => {
  const { words, lines } = spokenText([{ text: 'good day', start: 1, end: 3, words: [] }]);
  expect(words).toEqual([{ text: 'good day', start: 1, end: 3, line: 0 }]);
  expect(lines).toEqual([{ start: 1, end: 3, first: 0, last: 0 }]);
});

test.each([
  [0, -1],
  [1, 0],
  [1.7, 0],
  [1.95, -1],
  [2, 1],
  [2.7, 1],
  [9, -1],
])('at second %s the spoken word is %s', (second, word) => {
  expect(wordAt(spokenText([said('good day', 1)]).words, second)).toBe(word);
});

test('the last item that has started is found among many', () => {
  const items = Array.from({ length: 20_000 }, (_, n) => ({ start: n / 3 }));
  expect(lastStarted(items, 5000)).toBe(15_000);
  expect(lastStarted(items, -1)).toBe(-1);
  expect(lastStarted([], 3)).toBe(-1);
});

test('tokens have no accents, case or punctuation', () => {
  expect(tokensOf('“Élan, Mr. O’Neil’s 84 mm!”')).toEqual(['elan', 'mr', 'o', 'neil', 's', '84', 'mm']);
});

test('a query finds phrases, the last word by its beginning', () => {
  const stream = streamOfText('The cat sat. A cat sang on the cathedral');
  expect(findPhrase(stream, 'cat s')).toEqual([
    { first: 1, last: 2 },
    { first: 4, last: 5 },
  ]);
  expect(findPhrase(stream, 'CAT')).toHaveLength(3);
  expect(findPhrase(stream, '  ?')).toEqual([]);
  expect(findPhrase(stream, 'cat', 2)).toHaveLength(2);
});

test('shared phrases are the longest ones, in order', () => {
  const stream = streamOfText('we walk along the river bank and then we rest under the tall old tree');
  const text = 'They rest under the tall old tree and walk along the road; the river bank floods.';
  expect(sharedPhrases(stream, text, 3, 2)).toEqual([
    { first: 1, last: 3 },
    { first: 9, last: 14 },
  ]);
  expect(sharedPhrases(stream, 'nothing of it', 2, 2)).toEqual([]);
});
