import { expect, test } from 'vitest';

import { isMarked, markerColorOf, markerColors, markerFill, markerFilterOf } from './marker-colors';

test('an address names a color or every marker, and nothing else', () => {
  expect(markerFilterOf('any')).toBe('any');
  expect(markerFilterOf('green')).toBe('green');
  expect(markerFilterOf('pink')).toBeUndefined();
  expect(markerFilterOf(7)).toBeUndefined();
});

test('each color has a look of its own', () => {
  expect(new Set(markerColors.map(markerFill)).size).toBe(markerColors.length);
  expect(markerFill(null)).toBe(markerFill('a color of a later server'));
});

test('a marker without members is none', () => {
  expect(isMarked({ marker_id: null, color: null, note: null })).toBe(false);
  expect(isMarked({})).toBe(false);
  expect(isMarked(undefined)).toBe(false);
  expect(isMarked({ marker_id: 'mrk_1', color: null, note: 'Look' })).toBe(true);
  expect(markerColorOf(null)).toBeNull();
});
