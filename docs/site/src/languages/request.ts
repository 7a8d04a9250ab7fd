/** The request of an example, before it is written in a language. */
import { examples } from '../examples/all.ts';
import type { Example, Json } from '../examples/example.ts';
import type { Operation } from '../reference/openapi.ts';

export interface ExampleRequest extends Example {
  readonly method: string;
  /** The path below the base address, or below the origin for a route outside of the API. */
  readonly path: string;
  readonly isApi: boolean;
  readonly needsKey: boolean;
  readonly variables: readonly string[];
  readonly answer: 'json' | 'text' | 'file' | 'stream' | 'nothing';
  readonly pathVariables: readonly string[];
}

const apiPrefix = '/api/v2';
const variable = /^\$([a-z_]+)$/;

/** Return the name of the variable that a value stands for. */
export function variableOf(value: Json): string | undefined {
  return typeof value === 'string' ? variable.exec(value)?.[1] : undefined;
}

export function requestOf(operation: Operation, needsKey: boolean): ExampleRequest {
  const example = examples[operation.operationId] ?? {};
  const isApi = operation.path.startsWith(apiPrefix);
  const path = isApi ? operation.path.slice(apiPrefix.length) : operation.path;
  const pathVariables = example.link ? [] : [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const files = Object.values(example.form ?? {}).filter((value) => value.startsWith('@'));
  return {
    ...example,
    method: operation.method,
    path,
    isApi,
    needsKey: needsKey && !example.link,
    pathVariables,
    variables: unique([
      ...(example.link ? [example.link] : []),
      ...pathVariables,
      ...variablesIn(example.body ?? null),
      ...variablesIn(example.query ?? null),
      ...variablesIn(example.form ?? null),
      ...files.map((value) => value.slice(1)),
      ...(example.file ? [example.file] : []),
    ]),
    answer: example.link && !example.file ? 'file' : answerOf(operation),
  };
}

function answerOf(operation: Operation): ExampleRequest['answer'] {
  const { status, type } = operation.success;
  if (status === '204') return 'nothing';
  if (type === undefined || type === 'application/json') return type === undefined ? 'text' : 'json';
  if (type === 'text/event-stream') return 'stream';
  return type.startsWith('text/') ? 'text' : 'file';
}

function variablesIn(value: Json): string[] {
  const own = variableOf(value);
  if (own !== undefined) return [own];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value as Readonly<Record<string, Json>>).flatMap(variablesIn);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

export function environmentName(name: string): string {
  return name.toUpperCase();
}

export function isVariable(value: string): boolean {
  return variable.test(value);
}
