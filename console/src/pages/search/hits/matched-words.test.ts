import { expect, test } from 'vitest';

import { excerpt, markedPieces, queryWords } from './matched-words';

const marked = (text: string, query: string) =>
  markedPieces(text, queryWords(query)).map((piece) => (piece.marked ? `[${piece.text}]` : piece.text)).join('');

test('whole words of the query are marked, whatever their case and accents', () => {
  expect(marked('BOARDING at Gate B12, boardings', 'boarding at gate')).toBe('[BOARDING] at [Gate] B12, boardings');
  expect(marked('Café in Köln', 'cafe koln')).toBe('[Café] in [Köln]');
});

test('a query of stop words alone marks them', () => {
  expect(marked('to be or not to be', 'to be')).toBe('[to] [be] or not [to] [be]');
});

test('markup in a text stays text', () => {
  expect(marked('<b onclick="x">cat</b>', 'cat')).toBe('<b onclick="x">[cat]</b>');
});

test('a long text begins near its first marked word', () => {
  const pieces = excerpt(markedPieces(`${'word '.repeat(50)}cat end`, queryWords('cat')), 20);
  expect(pieces.map((piece) => piece.text).join('')).toMatch(/^… word word word cat end$/);
  expect(excerpt(markedPieces('no match here', queryWords('cat')))).toEqual([{ text: 'no match here', marked: false }]);
});
