import { expect, test } from 'vitest';

import { openingCommands } from './opening-commands';

test('a name with quotes stays one name for the shell and for SQL', () => {
  expect(openingCommands('csv', `it's.csv`)).toBe(String.raw`duckdb -c 'SELECT * FROM '\''it'\'''\''s.csv'\'' LIMIT 10'`);
  expect(openingCommands('sqlite', 'a b.sqlite')).toBe(`datasette 'a b.sqlite'\nsqlite3 'a b.sqlite' .schema`);
});
