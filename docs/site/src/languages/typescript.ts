/** Examples for TypeScript: plain fetch, in Node and in browsers. */
import type { Json } from '../examples/example.ts';
import { environmentName, variableOf, type ExampleRequest } from './request.ts';

const width = 96;

export function typescriptExample(request: ExampleRequest): string {
  const imports = usesFiles(request) ? ["import { openAsBlob } from 'node:fs';", ''] : [];
  const fields = Object.entries(request.form ?? {}).map(([name, value]) => `form.append('${name}', ${formValue(value)});`);
  const form = fields.length > 0 ? ['const form = new FormData();', ...fields] : [];
  const options = optionsOf(request);
  const call = options.length > 0 ? `, {\n${options.map((each) => `  ${each},`).join('\n')}\n}` : '';
  return [
    ...imports,
    environment(request),
    '',
    ...form,
    `const response = await fetch(${address(request)}${call});`,
    'if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);',
    ...shown(request),
  ].join('\n');
}

function usesFiles(request: ExampleRequest): boolean {
  return request.file !== undefined || Object.values(request.form ?? {}).some((value) => value.startsWith('@'));
}

function environment(request: ExampleRequest): string {
  const names = [
    ...(request.link ? [] : ["VIDEO_VECTOR_BASE_URL: baseUrl = ''"]),
    ...(request.needsKey ? ["VIDEO_VECTOR_API_KEY: apiKey = ''"] : []),
    ...request.variables.map((name) => `${environmentName(name)}: ${camel(name)} = ''`),
  ];
  const line = `const { ${names.join(', ')} } = process.env;`;
  return line.length <= width ? line : `const {\n${names.map((name) => `  ${name},`).join('\n')}\n} = process.env;`;
}

function optionsOf(request: ExampleRequest): string[] {
  const headers = [
    ...(request.needsKey ? ["'X-API-Key': apiKey"] : []),
    ...(request.body ? ["'Content-Type': 'application/json'"] : []),
  ];
  return [
    ...(request.method === 'GET' ? [] : [`method: '${request.method}'`]),
    ...(headers.length > 0 ? [`headers: { ${headers.join(', ')} }`] : []),
    ...(request.body ? [`body: JSON.stringify(${literal(request.body, 1)})`] : []),
    ...(request.form ? ['body: form'] : []),
    ...(request.file ? [`body: await openAsBlob(${camel(request.file)})`] : []),
  ];
}

function address(request: ExampleRequest): string {
  if (request.link) return camel(request.link);
  const path = request.path.replace(/\{(\w+)\}/g, (_, name: string) => `\${${camel(name)}}`);
  const query = Object.entries(request.query ?? {}).map(([name, value]) => `${name}=${queryValue(value)}`);
  const base = request.isApi ? '${baseUrl}' : "${baseUrl.replace(/\\/api\\/v2$/, '')}";
  return `\`${base}${path}${query.length > 0 ? `?${query.join('&')}` : ''}\``;
}

function queryValue(value: string): string {
  const name = variableOf(value);
  return name === undefined ? encodeURIComponent(value) : `\${encodeURIComponent(${camel(name)})}`;
}

function formValue(value: string): string {
  if (value.startsWith('@')) return `await openAsBlob(${camel(value.slice(1))}), 'clip.mp4'`;
  return literal(value, 0);
}

function shown({ answer }: ExampleRequest): string[] {
  switch (answer) {
    case 'nothing':
      return [];
    case 'json':
      return ['console.log(await response.json());'];
    case 'text':
      return ['console.log(await response.text());'];
    case 'file':
      return ["console.log((await response.arrayBuffer()).byteLength, 'bytes');"];
    case 'stream':
      return [
        "if (!response.body) throw new Error('The answer has no body.');",
        'for await (const text of response.body.pipeThrough(new TextDecoderStream())) console.log(text);',
      ];
  }
}

function literal(value: Json, depth: number): string {
  const name = variableOf(value);
  if (name !== undefined) return camel(name);
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const isList = Array.isArray(value);
  const items = isList
    ? (value as readonly Json[]).map((each) => literal(each, depth + 1))
    : Object.entries(value).map(([key, each]) => property(key, literal(each as Json, depth + 1)));
  const [open, close, gap] = isList ? ['[', ']', ''] : ['{', '}', ' '];
  const line = `${open}${gap}${items.join(', ')}${gap}${close}`;
  if (!line.includes('\n') && depth * 2 + line.length <= width - 24) return line;
  const indent = '  '.repeat(depth);
  return [open, ...items.map((item) => `${indent}  ${item},`), `${indent}${close}`].join('\n');
}

function property(key: string, value: string): string {
  return key === value ? key : `${key}: ${value}`;
}

function camel(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
