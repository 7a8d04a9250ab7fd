/** Examples for curl. */
import type { Json } from '../examples/example.ts';
import { environmentName, variableOf, type ExampleRequest } from './request.ts';

export function curlExample(request: ExampleRequest): string {
  const lines = [`curl --fail-with-body${flags(request)} "${address(request)}"`];
  if (request.needsKey) lines.push('-H "X-API-Key: $VIDEO_VECTOR_API_KEY"');
  for (const [name, value] of Object.entries(request.form ?? {})) lines.push(`-F ${field(name, value)}`);
  if (request.file) lines.push(`-T "$${environmentName(request.file)}"`);
  if (!request.body) return joined(lines);
  const body = written(request.body);
  const isFixed = !/\$/.test(body);
  if (isFixed) return [...lines, `--json '${body.replaceAll("'", "'\\''")}'`].join(' \\\n  ');
  return `${[...lines, '--json @- <<JSON'].join(' \\\n  ')}\n${body}\nJSON`;
}

function joined(lines: readonly string[]): string {
  const line = lines.join(' ');
  return line.length <= 96 ? line : lines.join(' \\\n  ');
}

function flags({ method, body, form, file, answer }: ExampleRequest): string {
  const implied = body || form ? 'POST' : file ? 'PUT' : 'GET';
  const shown = method === implied ? '' : ` -X ${method}`;
  if (answer === 'stream') return `${shown} -N`;
  return answer === 'file' ? `${shown} -o answer.bin` : shown;
}

function address(request: ExampleRequest): string {
  if (request.link) return `$${environmentName(request.link)}`;
  const base = request.isApi ? '$VIDEO_VECTOR_BASE_URL' : '${VIDEO_VECTOR_BASE_URL%/api/v2}';
  const path = request.path.replace(/\{(\w+)\}/g, (_, name: string) => `$${environmentName(name)}`);
  const query = Object.entries(request.query ?? {}).map(([name, value]) => `${name}=${text(value)}`);
  return `${base}${path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

function field(name: string, value: string): string {
  if (value.startsWith('@')) return `${name}=@"$${environmentName(value.slice(1))}"`;
  return `${name}="${text(value)}"`;
}

function text(value: string): string {
  const name = variableOf(value);
  return name === undefined ? value : `$${environmentName(name)}`;
}

function written(body: Json): string {
  const line = JSON.stringify(replaced(body));
  return line.length <= 60 ? spaced(line) : JSON.stringify(replaced(body), null, 2);
}

function spaced(line: string): string {
  return line.replace(/("(?:[^"\\]|\\.)*")|([:,])/g, (_, quoted: string | undefined, mark: string) => quoted ?? `${mark} `);
}

function replaced(value: Json): Json {
  if (typeof value === 'string') return text(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(replaced);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each as Json)]));
}
