/** The scope of each route, read from docs/routes.md. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Operation } from './openapi.ts';

export type Scopes = ReadonlyMap<string, string>;

const row = /^\| `([A-Z]+)` \| `([^`]+)` \| (\w+) \|/gm;

export function readScopes(docs: string): Scopes {
  const text = readFileSync(path.join(docs, 'routes.md'), 'utf8');
  return new Map([...text.matchAll(row)].map(([, method, route, scope]) => [`${method} ${route}`, scope ?? '']));
}

/** Return the scope that an operation needs; `none` if it needs no key. */
export function scopeOf(operation: Operation, scopes: Scopes): string {
  return scopes.get(`${operation.method} ${operation.path}`) ?? 'none';
}
