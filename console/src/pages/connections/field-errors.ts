import { ApiProblem } from '@/api/problem';

/** Return the server's words about each field of a form. A field within another counts for the outer one. */
export function fieldErrorsOf(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ApiProblem)) return {};
  const found: Record<string, string> = {};
  for (const { field, message } of error.fields) {
    const name = field.replace(/^body\./, '').split(/[.[]/)[0] ?? '';
    found[name] ??= message.charAt(0).toUpperCase() + message.slice(1);
  }
  return found;
}

/** Return whether every word of the server about a request stands at one of the form's fields. */
export function standsAtFields(error: unknown, names: readonly string[]): boolean {
  const fields = Object.keys(fieldErrorsOf(error));
  return fields.length > 0 && fields.every((field) => names.includes(field));
}
