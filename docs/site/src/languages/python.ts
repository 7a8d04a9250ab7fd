/** Examples for Python: with the official client where it has the method, else with httpx. */
import type { Json } from '../examples/example.ts';
import { environmentName, variableOf, type ExampleRequest } from './request.ts';

const width = 96;

export function pythonExample(request: ExampleRequest): string {
  return request.client ? clientExample(request, request.client) : httpxExample(request);
}

function clientExample(request: ExampleRequest, method: string): string {
  const named = { ...request.body, ...request.query, ...request.form };
  const values = [
    ...request.pathVariables,
    ...Object.entries(named).map(([name, value]) => `${name}=${literal(value, 1)}`),
  ];
  const needsOs = request.variables.length > 0;
  const call = fitted(`print(client.${method}(`, values, '))', 1);
  return [
    ...(needsOs ? ['import os', ''] : []),
    'from videovector import VideoVector',
    '',
    ...assignments(request),
    'with VideoVector() as client:',
    `    ${call}`,
  ].join('\n');
}

function httpxExample(request: ExampleRequest): string {
  const method = request.method.toLowerCase();
  const values = [address(request), ...options(request)];
  const isFile = request.file !== undefined || Object.values(request.form ?? {}).some((value) => value.startsWith('@'));
  const imports = isFile ? ['import os', 'from pathlib import Path'] : ['import os'];
  const head = [...imports, '', 'import httpx', '', ...assignments(request)];
  if (request.answer === 'stream') {
    const open = fitted('with httpx.stream(', [`"${request.method}"`, ...values, 'timeout=60'], ') as answer:', 0);
    return [...head, open, '    answer.raise_for_status()', '    for line in answer.iter_lines():', '        print(line)'].join('\n');
  }
  return [...head, fitted(`answer = httpx.${method}(`, values, ')', 0), 'answer.raise_for_status()', ...shown(request)].join('\n');
}

function options(request: ExampleRequest): string[] {
  const found: string[] = [];
  if (request.needsKey) found.push('headers={"X-API-Key": os.environ["VIDEO_VECTOR_API_KEY"]}');
  if (request.query) found.push(`params=${literal(request.query, 1)}`);
  if (request.body) found.push(`json=${literal(request.body, 1)}`);
  const files = Object.entries(request.form ?? {}).filter(([, value]) => value.startsWith('@'));
  const fields = Object.entries(request.form ?? {}).filter(([, value]) => !value.startsWith('@'));
  if (fields.length > 0) found.push(`data=${literal(Object.fromEntries(fields), 1)}`);
  if (files.length > 0) {
    const opened = files.map(([name, value]) => `"${name}": Path(${value.slice(1)}).read_bytes()`);
    found.push(`files={${opened.join(', ')}}`);
  }
  if (request.file) found.push(`content=Path(${request.file}).read_bytes()`);
  return found;
}

function shown({ answer }: ExampleRequest): string[] {
  if (answer === 'nothing') return [];
  if (answer === 'file') return ['print(len(answer.content), "bytes")'];
  return [answer === 'json' ? 'print(answer.json())' : 'print(answer.text)'];
}

function assignments({ variables }: ExampleRequest): string[] {
  const lines = variables.map((name) => `${name} = os.environ["${environmentName(name)}"]`);
  return lines.length > 0 ? [...lines, ''] : [];
}

function address(request: ExampleRequest): string {
  if (request.link) return request.link;
  const base = request.isApi
    ? `os.environ['VIDEO_VECTOR_BASE_URL']`
    : `os.environ['VIDEO_VECTOR_BASE_URL'].removesuffix('/api/v2')`;
  return `f"{${base}}${request.path}"`;
}

/** Write a call on one line if it fits, else with an argument a line. */
function fitted(open: string, values: readonly string[], close: string, depth: number): string {
  const indent = '    '.repeat(depth);
  const line = `${open}${values.join(', ')}${close}`;
  if (!line.includes('\n') && indent.length + line.length <= width) return line;
  return [open, ...values.map((value) => `${indent}    ${value},`), `${indent}${close}`].join('\n');
}

function literal(value: Json, depth: number): string {
  const name = variableOf(value) ?? (typeof value === 'string' && value.startsWith('@') ? value.slice(1) : undefined);
  if (name !== undefined) return name;
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const isList = Array.isArray(value);
  const items = isList
    ? (value as readonly Json[]).map((each) => literal(each, depth + 1))
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${literal(each as Json, depth + 1)}`);
  return fitted(isList ? '[' : '{', items, isList ? ']' : '}', depth);
}
