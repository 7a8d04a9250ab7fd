import { expect, it } from 'vitest';

import { contentTypeOf, mayBeMedium, titleOf, withoutOthers } from './picked-files';

const file = (name: string, type = '') => new File(['x'], name, { type });

it('announces types that the server takes', () => {
  expect(contentTypeOf(file('a.mp4', 'video/mp4'))).toBe('video/mp4');
  expect(contentTypeOf(file('a.mkv'))).toBe('application/octet-stream');
  expect(contentTypeOf(file('a.txt', 'text/plain'))).toBe('application/octet-stream');
});

it('tells media of a folder from other files', () => {
  expect(mayBeMedium(file('a.MTS'))).toBe(true);
  expect(mayBeMedium(file('a.jpg', 'image/jpeg'))).toBe(true);
  expect(mayBeMedium(file('.hidden.jpg', 'image/jpeg'))).toBe(false);
  expect(mayBeMedium(file('Thumbs.db'))).toBe(false);
});

it('leaves out other files of folders, and keeps single ones', () => {
  const picked = withoutOthers([
    { file: file('notes.txt', 'text/plain'), path: null },
    { file: file('notes.txt', 'text/plain'), path: 'Trip/notes.txt' },
    { file: file('boat.mp4', 'video/mp4'), path: 'Trip/boat.mp4' },
  ]);
  expect(picked.leftOut).toBe(1);
  expect(picked.files.map(titleOf)).toEqual([null, 'Trip/boat.mp4']);
});

it('shortens a long path from the left', () => {
  const path = `${'folder/'.repeat(50)}boat.mp4`;
  expect(titleOf({ file: file('boat.mp4'), path })).toHaveLength(255);
  expect(titleOf({ file: file('boat.mp4'), path })).toMatch(/boat\.mp4$/);
});
