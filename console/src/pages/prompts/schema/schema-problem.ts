import type { FieldPath } from './json-schema';

/** What is wrong with a schema, at the place that both views mark. */
export interface SchemaProblem {
  message: string;
  /** The line of the JSON. Null if the place is not known. */
  line: number | null;
  /** The field of the form. Null if the place is no field. */
  field: FieldPath | null;
}

/**
 * Place an error of the server, such as `json_schema.properties.price.type: must be ...`.
 *
 * `lines` are the lines of the JSON by path. The innermost part that the JSON has is marked.
 */
export function schemaProblem(error: string, lines: ReadonlyMap<string, number>): SchemaProblem {
  const [, path, rule] = /^(?:video_level\.)?json_schema((?:[.[][^:]*)?): ([\s\S]*)$/.exec(error) ?? [];
  if (path === undefined || rule === undefined) return { message: error, line: null, field: null };
  const inner = path.replace(/^\./, '');
  return { message: inner === '' ? rule : `${inner}: ${rule}`, line: lineOf(inner, lines), field: fieldOf(inner) };
}

function lineOf(path: string, lines: ReadonlyMap<string, number>): number | null {
  for (let known = path; known !== ''; known = known.replace(/(?:\.|\[)?[^.[]*$/, '')) {
    const line = lines.get(known);
    if (line !== undefined) return line;
  }
  return lines.get('') ?? null;
}

/** Return the path of the field in which a part of a schema lies: names of properties alone. */
function fieldOf(path: string): FieldPath | null {
  const names: string[] = [];
  const steps = path.split('.');
  for (let at = 0; at < steps.length; at += 1) {
    const name = steps[at + 1];
    if (steps[at] === 'items' && steps[at + 1] === 'properties') continue;
    if (steps[at] !== 'properties' || name === undefined) break;
    names.push(name.replace(/\[\d+\]$/, ''));
    at += 1;
  }
  return names.length > 0 ? names : null;
}
