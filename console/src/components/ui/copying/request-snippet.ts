/** A request to the API, as a person would send it. */
export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path with its ids, such as `/api/v2/indexes/idx_1/videos`. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;
  /** The body as it goes through `JSON.stringify`. */
  body?: unknown;
}

const keyVariable = 'VIDEO_VECTOR_API_KEY';

/** Write a request as a curl command for a POSIX shell. The key is a variable of the shell. */
export function curlOf(request: ApiRequest, origin: string = window.location.origin): string {
  const parts = request.method === 'GET' ? ['curl'] : [`curl -X ${request.method}`];
  parts.push(`-H "X-API-Key: $${keyVariable}"`);
  if (request.body !== undefined) {
    parts.push(`-H 'Content-Type: application/json'`, `--data-raw ${shellQuoted(JSON.stringify(request.body))}`);
  }
  parts.push(shellQuoted(addressOf(request, origin)));
  return parts.join(' \\\n  ');
}

/** Write a request as a Python program that uses httpx. The key is a variable of the environment. */
export function pythonOf(request: ApiRequest, origin: string = window.location.origin): string {
  const lines = [
    'import os',
    '',
    'import httpx',
    '',
    'answer = httpx.request(',
    `    ${pythonLiteral(request.method)},`,
    `    ${pythonLiteral(addressOf(request, origin))},`,
    `    headers={"X-API-Key": os.environ["${keyVariable}"]},`,
  ];
  if (request.body !== undefined) lines.push(`    json=${pythonLiteral(request.body, 1)},`);
  return [...lines, '    timeout=60,', ')', 'answer.raise_for_status()', 'print(answer.text)'].join('\n');
}

/** Write a Python program that uses the official client as `video`. The key is a variable of the environment. */
export function videoVectorProgram(lines: readonly string[], origin: string = window.location.origin): string {
  const client = `VideoVector(api_key=os.environ["${keyVariable}"], base_url=${pythonLiteral(`${origin}/api/v2`)})`;
  return ['import os', '', 'from videovector import VideoVector', '', `with ${client} as video:`, ...lines.map((line) => `    ${line}`)].join('\n');
}

function addressOf({ path, query = {} }: ApiRequest, origin: string): string {
  const url = new URL(path, origin);
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    for (const each of typeof value === 'object' ? value : [value]) url.searchParams.append(name, String(each));
  }
  return url.toString();
}

/** Quote a text so that a POSIX shell takes it as it is. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Write a JSON value as a Python expression. `depth` is how deep its lines are indented. */
export function pythonLiteral(value: unknown, depth = 0): string {
  // What JSON cannot hold, such as undefined, goes first.
  return literal(JSON.parse(JSON.stringify(value)) as unknown, depth);
}

function literal(value: unknown, depth: number): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (Array.isArray(value)) return bracketed('[', value.map((each) => literal(each, depth + 1)), ']', depth);
  if (typeof value === 'object') {
    const items = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${literal(each, depth + 1)}`);
    return bracketed('{', items, '}', depth);
  }
  // The escapes of a JSON string mean the same in Python.
  return JSON.stringify(value);
}

function bracketed(open: string, items: string[], close: string, depth: number): string {
  if (items.length === 0) return open + close;
  const short = `${open}${items.join(', ')}${close}`;
  if (short.length <= 60 && !short.includes('\n')) return short;
  const indent = '    '.repeat(depth + 1);
  return `${open}\n${items.map((item) => `${indent}${item},\n`).join('')}${'    '.repeat(depth)}${close}`;
}
