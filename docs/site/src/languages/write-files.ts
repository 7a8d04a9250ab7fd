/** Write every example into a folder, a file a language: `node write-files.ts FOLDER`. Tests run them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { docsFolder } from '../map/places.ts';
import { operationsOf, readOpenApi } from '../reference/openapi.ts';
import { readScopes, scopeOf } from '../reference/scopes.ts';
import { examples } from '../examples/all.ts';
import { curlExample } from './curl.ts';
import { pythonExample } from './python.ts';
import { requestOf } from './request.ts';
import { typescriptExample } from './typescript.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('Name the folder.');
mkdirSync(folder, { recursive: true });
const scopes = readScopes(docsFolder);
const operations = operationsOf(readOpenApi(docsFolder));
const index = operations.map((operation) => {
  const name = operation.operationId;
  const request = requestOf(operation, scopeOf(operation, scopes) !== 'none');
  writeFileSync(path.join(folder, `${name}.sh`), `${curlExample(request)}\n`);
  writeFileSync(path.join(folder, `${name}.py`), `${pythonExample(request)}\n`);
  writeFileSync(path.join(folder, `${name}.ts`), `${typescriptExample(request)}\n`);
  return {
    operation: name,
    route: `${operation.method} ${operation.path}`,
    variables: request.variables,
    client: request.client ?? null,
  };
});
const named = new Set(operations.map((operation) => operation.operationId));
const unknown = Object.keys(examples).filter((name) => !named.has(name));
if (unknown.length > 0) throw new Error(`There are examples of no operation: ${unknown.join(', ')}`);
writeFileSync(path.join(folder, 'index.json'), JSON.stringify(index, null, 2));
