import { expect, test } from 'vitest';

import { formatLanguage } from './format-language';

test('codes become names, and other texts stay', () => {
  expect(formatLanguage('de')).toBe('German');
  expect(formatLanguage('<img src=x>')).toBe('<img src=x>');
});
