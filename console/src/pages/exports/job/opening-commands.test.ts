import { expect, test } from 'vitest';

import { openingCommands } from './opening-commands';

test('each format has the tools that read it', () => {
  expect(openingCommands('csv', 'a.csv')).toBe(`duckdb -c "SELECT * FROM 'a.csv' LIMIT 10"`);
  expect(openingCommands('jsonl', 'a.jsonl')).toBe(`head -n 3 a.jsonl\nduckdb -c "SELECT * FROM 'a.jsonl' LIMIT 10"`);
  expect(openingCommands('sqlite', 'a.sqlite')).toBe('datasette a.sqlite\nsqlite3 a.sqlite .schema');
});
