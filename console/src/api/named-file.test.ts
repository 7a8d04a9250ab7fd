import { expect, test } from 'vitest';

import { fileNameOf } from './named-file';

test('the name of a file is read with all its letters', () => {
  expect(fileNameOf("attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%28neu%29.srt")).toBe('Grüße (neu).srt');
});

test.each([null, 'attachment', "attachment; filename*=UTF-8''%E0%A4%A"])('%s has no name', (header) => {
  expect(fileNameOf(header)).toBeNull();
});
