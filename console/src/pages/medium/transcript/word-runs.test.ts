import { expect, test } from 'vitest';

import { type LineMarks, wordAtCharacter, wordRuns } from './word-runs';

const plain: LineMarks = { spoken: -1, lit: undefined, match: undefined, found: [] };
const line = { first: 10, last: 19 };

test('a line without marks is one run', () => {
  expect(wordRuns(line, plain)).toEqual([{ first: 10, last: 19, look: 'plain' }]);
});

test('marks split a line, and the spoken word goes before all others', () => {
  const found = [
    { first: 8, last: 10 },
    { first: 14, last: 16 },
  ];
  const runs = wordRuns(line, { spoken: 15, lit: { first: 18, last: 30 }, match: found[1], found });
  expect(runs.map(({ first, last, look }) => [first, last, look])).toEqual([
    [10, 10, 'found'],
    [11, 13, 'plain'],
    [14, 14, 'match'],
    [15, 15, 'spoken'],
    [16, 16, 'match'],
    [17, 17, 'plain'],
    [18, 19, 'lit'],
  ]);
});

test.each([
  [0, 0],
  [2, 0],
  [3, 0],
  [4, 1],
  [8, 2],
  [99, 2],
])('character %s is in word %s', (character, word) => {
  expect(wordAtCharacter([{ text: 'The' }, { text: 'cat' }, { text: 'sleeps' }], { first: 0, last: 2 }, character)).toBe(word);
});
