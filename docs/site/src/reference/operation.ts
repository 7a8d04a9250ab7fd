/** The section of an operation. */
import { curlExample } from '../languages/curl.ts';
import { pythonExample } from '../languages/python.ts';
import { requestOf } from '../languages/request.ts';
import { typescriptExample } from '../languages/typescript.ts';
import { fieldsOf, firstParagraph, typeOf } from './fields.ts';
import { escaped, table, tabs } from './mdx.ts';
import type { OpenApi, Operation, Schema } from './openapi.ts';

const languages = [
  { label: 'curl', language: 'sh', write: curlExample },
  { label: 'Python', language: 'python', write: pythonExample },
  { label: 'TypeScript', language: 'ts', write: typescriptExample },
] as const;

const ownHeaders = new Set(['X-API-Key', 'Authorization']);

/** Return the name of an operation: its summary as a sentence, such as "Create index". */
export function nameOf(operation: Operation): string {
  const words = operation.summary ?? operation.operationId.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

export function descriptionOf(operation: Operation): string {
  return firstParagraph(operation.description ?? '');
}

export function operationSection(operation: Operation, scope: string, document: OpenApi): string {
  const request = requestOf(operation, scope !== 'none');
  const examples = languages.map(({ label, language, write }) => ({ label, language, code: write(request) }));
  const parts = [
    `## ${nameOf(operation)}`,
    `\`${operation.method} ${operation.path}\``,
    escaped(paragraphs(operation.description ?? '')),
    scope === 'none' ? 'Scope: none. The request needs no key.' : `Scope: \`${scope}\``,
    tabs(examples),
    parameterTable(operation, document),
    bodyTable(operation, document),
    answerTable(operation, document),
  ];
  return parts.filter(Boolean).join('\n\n');
}

function paragraphs(text: string): string {
  const shown = text.split(/\n\s*\n/).filter((each) => !/^\s*(Raises|Args|Returns):/.test(each));
  return shown.map(firstParagraph).join('\n\n');
}

function parameterTable(operation: Operation, document: OpenApi): string {
  const parameters = (operation.parameters ?? []).filter(({ name }) => !ownHeaders.has(name));
  if (parameters.length === 0) return '';
  const rows = parameters.map((each) => [
    `\`${each.name}\``,
    `${each.in}${each.required ? ', required' : ''}`,
    typeOf(each.schema, document),
    firstParagraph(each.description ?? each.schema.description ?? ''),
  ]);
  return `### Parameters\n\n${table(['name', 'in', 'type', 'description'], rows)}`;
}

function bodyTable(operation: Operation, document: OpenApi): string {
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (!type || !content?.schema) return '';
  const rows = fieldRows(content.schema, document, true);
  return rows ? `### Body: \`${type}\`\n\n${rows}` : `### Body: \`${type}\`\n\nThe bytes of the part.`;
}

function answerTable(operation: Operation, document: OpenApi): string {
  const { status, type, schema } = operation.success;
  if (status === '204') return '### Answer: 204\n\nThe answer has no body.';
  const rows = schema ? fieldRows(schema, document, false) : '';
  const kind = type ? `, \`${type}\`` : '';
  const errors = 'Errors have the [shape and the codes of every answer](/docs/reference/errors/).';
  return `### Answer: ${status}${kind}\n\n${[rows, errors].filter(Boolean).join('\n\n')}`;
}

function fieldRows(schema: Schema, document: OpenApi, isBody: boolean): string {
  const fields = fieldsOf(schema, document);
  if (fields.length === 0) return '';
  const rows = fields.map(({ path, type, isRequired, description }) =>
    isBody ? [`\`${path}\``, type, isRequired ? 'yes' : '', description] : [`\`${path}\``, type, description],
  );
  return table(isBody ? ['field', 'type', 'required', 'description'] : ['field', 'type', 'description'], rows);
}
