import type { FieldPath } from './json-schema';

/** Why a name cannot be given to a field. */
type NameProblem = 'blank' | 'taken' | 'characters' | 'long' | 'reserved';

const longestName = 100;
const reservedAtRoot = new Set(['transcription', 'metadata_text']);

/** Check the name of a field against the rules of schemas. `siblings` are the other names beside it. */
export function nameProblem(name: string, parent: FieldPath, siblings: readonly string[]): NameProblem | null {
  if (name.trim() === '') return 'blank';
  if (/[.[\]]/.test(name)) return 'characters';
  if (name.length > longestName) return 'long';
  if (parent.length === 0 && reservedAtRoot.has(name)) return 'reserved';
  return siblings.includes(name) ? 'taken' : null;
}

/** Return a name for a new field that no sibling has. */
export function freeName(base: string, siblings: readonly string[]): string {
  if (!siblings.includes(base)) return base;
  for (let number = 2; ; number += 1) {
    const name = `${base}_${number}`;
    if (!siblings.includes(name)) return name;
  }
}
