import { expect, test } from 'vitest';

import { bestOf, scoreOf } from './match';

test('starts go before middles, and those before scattered letters', () => {
  const titles = ['The harbour', 'harbour at night', 'xharbourx', 'h-a-r-b-o-u-r', 'City', 'hxaxrxbxoxuxr'];
  expect(bestOf(titles, 'harbour', (title) => title, 9)).toEqual(['harbour at night', 'The harbour', 'xharbourx', 'h-a-r-b-o-u-r', 'hxaxrxbxoxuxr']);
});

test('every word must fit, in any order', () => {
  expect(scoreOf('city-walk_02.mp4', 'walk city')).toBeGreaterThan(0);
  expect(scoreOf('city-walk_02.mp4', 'walk night')).toBe(0);
});

test('case and accents do not matter', () => {
  expect(scoreOf('Café Zürich', 'CAFE zurich')).toBeGreaterThan(0);
});

test('nothing typed fits everything in its order', () => {
  expect(bestOf(['b', 'a', 'c'], ' ', (text) => text, 2)).toEqual(['b', 'a']);
});

test('letters in order fit last', () => {
  expect(bestOf(['open runs', 'rns'], 'rns', (text) => text, 9)).toEqual(['rns', 'open runs']);
});
