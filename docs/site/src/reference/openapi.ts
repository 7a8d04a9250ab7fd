/** The OpenAPI description, as far as the reference needs it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface RawOperation {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Content }>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Operation extends RawOperation {
  readonly method: string;
  readonly path: string;
  readonly resource: string;
  /** The status of success, and the type of its content: `application/json`, another type, or nothing. */
  readonly success: { readonly status: string; readonly type: string | undefined; readonly schema: Schema | undefined };
}

export function readOpenApi(docs: string): OpenApi {
  return JSON.parse(readFileSync(path.join(docs, 'openapi.json'), 'utf8')) as OpenApi;
}

export function operationsOf(document: OpenApi): Operation[] {
  return Object.entries(document.paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path: route,
      resource: operation.tags?.[0] ?? 'other',
      success: successOf(operation),
    })),
  );
}

function successOf(operation: RawOperation): Operation['success'] {
  const [status, answer] = Object.entries(operation.responses).find(([each]) => each.startsWith('2')) ?? ['200', {}];
  const [type, content] = Object.entries(answer.content ?? {})[0] ?? [];
  return { status, type, schema: content?.schema };
}

/** Follow a reference to a schema. */
export function resolved(schema: Schema, document: OpenApi): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : { ...document.components.schemas[name], ...(schema.description ? { description: schema.description } : {}) };
}
