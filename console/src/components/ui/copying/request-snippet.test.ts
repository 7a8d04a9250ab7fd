import { describe, expect, test } from 'vitest';

import { curlOf, pythonLiteral, pythonOf, shellQuoted } from './request-snippet';

const origin = 'http://127.0.0.1:8000';

describe('curl', () => {
  test('GET has the key as a variable and the address', () => {
    expect(curlOf({ method: 'GET', path: '/api/v2/indexes' }, origin)).toBe(
      `curl \\\n  -H "X-API-Key: $VIDEO_VECTOR_API_KEY" \\\n  'http://127.0.0.1:8000/api/v2/indexes'`,
    );
  });

  test('body is quoted for the shell', () => {
    const command = curlOf({ method: 'POST', path: '/api/v2/indexes', body: { name: `it's $HOME \`id\`` } }, origin);
    expect(command).toContain(`curl -X POST`);
    expect(command).toContain(`--data-raw '{"name":"it'\\''s $HOME \`id\`"}'`);
  });

  test('query repeats lists and leaves out what is absent', () => {
    const query = { limit: 5, status: ['a b', 'c&d'], cursor: undefined };
    expect(curlOf({ method: 'GET', path: '/x', query }, origin)).toContain(`/x?limit=5&status=a+b&status=c%26d'`);
  });
});

describe('Python', () => {
  test('request has method, address, key of the environment and body', () => {
    const program = pythonOf({ method: 'PATCH', path: '/api/v2/webhooks/1', body: { enabled: true, events: [] } }, origin);
    expect(program).toContain(`    "PATCH",\n    "http://127.0.0.1:8000/api/v2/webhooks/1",`);
    expect(program).toContain(`headers={"X-API-Key": os.environ["VIDEO_VECTOR_API_KEY"]}`);
    expect(program).toContain(`    json={"enabled": True, "events": []},`);
  });

  test('long values take a line for each item', () => {
    const value = { first: 'a'.repeat(40), second: [null, false, 1.5] };
    expect(pythonLiteral(value)).toBe(`{\n    "first": "${'a'.repeat(40)}",\n    "second": [None, False, 1.5],\n}`);
  });

  test('texts keep quotes, line ends and other letters', () => {
    expect(pythonLiteral('"\n\\ é \u0000')).toBe(String.raw`"\"\n\\ é \u0000"`);
  });
});

test('shell quoting survives single quotes', () => {
  expect(shellQuoted(`a'b`)).toBe(`'a'\\''b'`);
});
