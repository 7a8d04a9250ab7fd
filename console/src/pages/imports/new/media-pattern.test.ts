import { expect, test } from 'vitest';

import { looksLikeMedium, mediaPatternOf } from './media-pattern';

function file(name: string) {
  const at = name.lastIndexOf('.');
  return { name, extension: at > 0 ? name.slice(at).toLowerCase() : '' };
}

const files = ['one.mp4', 'two.mp4', 'three.JPG', 'Thumbs.db', 'README'].map(file);

test('an ending in capitals is that of a medium', () => {
  expect(files.filter(looksLikeMedium).map(({ name }) => name)).toEqual(['one.mp4', 'two.mp4', 'three.JPG']);
});

test('a pattern takes the endings that were seen, as they are written', () => {
  expect(mediaPatternOf('*', files, true)).toBe('*.{JPG,mp4}');
  expect(mediaPatternOf('*', files.slice(0, 2), true)).toBe('*.mp4');
  expect(mediaPatternOf('still-*', files, true)).toBe('still-*.{JPG,mp4}');
});

test('folders of a pattern stay', () => {
  expect(mediaPatternOf('2024/**', files, true)).toBe('2024/**/*.{JPG,mp4}');
  expect(mediaPatternOf('2024/**/*', files, true)).toBe('2024/**/*.{JPG,mp4}');
});

test('while files are unseen, a pattern takes all media in any case', () => {
  const pattern = mediaPatternOf('*', [], false) ?? '';
  expect(pattern).toMatch(/^\*\.\{\[mM\]\[pP\]4,\[mM\]\[oO\]\[vV\],.*,\[gG\]\[iI\]\[fF\]\}$/);
  // What the server permits: 64 alternatives and 1,024 characters.
  expect(pattern.split(',').length).toBeLessThanOrEqual(64);
  expect(pattern.length).toBeLessThanOrEqual(1024);
});

test('a pattern that says how names end stays as it is', () => {
  for (const pattern of ['*.txt', '*.{txt,mp4}', '{a,b}*', 'star\\*', 'a?']) expect(mediaPatternOf(pattern, files, true)).toBeNull();
  expect(mediaPatternOf('slash\\\\*', files, true)).toBe('slash\\\\*.{JPG,mp4}');
});

test('nothing is offered where no file looks like a medium', () => {
  expect(mediaPatternOf('*', [file('README'), file('notes.txt')], true)).toBeNull();
});
