import { describe, expect, test } from 'vitest';

import { combinationOf, isSingleKey, type KeyPress, keysInWords, matches } from './keys';

function press(key: string, held: Partial<KeyPress> = {}): KeyPress {
  return { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held };
}

describe('match', () => {
  test.each<[string, KeyPress, boolean]>([
    ['mod+k', press('k', { ctrlKey: true }), true],
    ['mod+k', press('k', { metaKey: true }), true],
    ['mod+k', press('k'), false],
    ['k', press('k', { ctrlKey: true }), false],
    ['/', press('/'), true],
    ['/', press('/', { shiftKey: true }), true],
    ['?', press('?', { shiftKey: true }), true],
    ['Space', press(' '), true],
    ['j', press('J', { shiftKey: true }), false],
    ['shift+j', press('J', { shiftKey: true }), true],
    ['alt+ArrowLeft', press('ArrowLeft', { altKey: true }), true],
    ['ArrowLeft', press('ArrowLeft', { altKey: true }), false],
    ['+', press('+', { shiftKey: true }), true],
  ])('%s with %j is %s', (keys, pressed, expected) => {
    expect(matches(combinationOf(keys), pressed)).toBe(expected);
  });
});

test('single keys are signs without modifiers', () => {
  expect(['/', 'j', 'Space', 'mod+k', 'alt+j', 'Escape'].filter((keys) => isSingleKey(combinationOf(keys)))).toEqual(['/', 'j', 'Space']);
});

test.each([
  ['mod+k', 'Ctrl K'],
  ['alt+ArrowLeft', 'Alt ←'],
  ['Space', 'Space'],
  ['?', '?'],
])('%s reads %s', (keys, text) => {
  expect(keysInWords(keys)).toBe(text);
});
