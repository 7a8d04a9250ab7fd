import type { Condition } from '@/pages/search/conditions/conditions';
import { words } from '@/words/en';

import type { Hit } from './hit-groups';

/** Why a hit was found: one field with its texts that matched. */
export interface HitReason {
  label: string;
  texts: string[];
}

const maxReasons = 3;
const maxTexts = 4;

/** Return the fields that explain a hit: those of the conditions, then those that match the words best. */
export function hitReasons(hit: Hit, conditions: readonly Condition[], labels: ReadonlyMap<string, string>): HitReason[] {
  const labelOf = (path: string, given: string | null) => labels.get(path.replace(/\[\]$/, '')) ?? given ?? path;
  const texts = [
    ...conditions.flatMap(({ field }) =>
      valuesAt(hit.metadata, field.split('.')).map((text) => ({ label: labelOf(field, null), text })),
    ),
    ...ownMatches(hit)
      .sort((one, other) => other.score - one.score)
      .map((match) => ({
        label: labelOf(match.field_path, match.field_display_label),
        text: withoutName(match.value_preview, match.field_path),
      })),
  ];
  const reasons = byLabel(texts);
  if (reasons.length > 0 || hit.content_preview === '') return reasons;
  return [{ label: '', texts: [hit.content_preview] }];
}

/** Return the matches of single fields. The text of all fields together counts only where no field matches. */
function ownMatches({ matched_field_instances }: Hit): Hit['matched_field_instances'] {
  const own = matched_field_instances.filter((match) => match.field_path !== 'metadata_text');
  return own.length > 0 ? own : [...matched_field_instances];
}

/** Gather texts under their field. A text that an earlier field has too is left out. */
function byLabel(texts: readonly { label: string; text: string }[]): HitReason[] {
  const found = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const { label, text } of texts) {
    const known = found.get(label);
    if (text === '' || seen.has(text.toLowerCase()) || (known?.length ?? 0) >= maxTexts) continue;
    if (known === undefined && found.size >= maxReasons) continue;
    seen.add(text.toLowerCase());
    if (known === undefined) found.set(label, [text]);
    else known.push(text);
  }
  return [...found].map(([label, own]) => ({ label, texts: own }));
}

/** Take the name of the field off the text of a number or of a yes or no, such as `people count: 5`. */
function withoutName(text: string, path: string): string {
  const name = (path.split('.').at(-1) ?? '').replace(/(\[\])+$/, '').replace(/[_-]+/g, ' ').toLowerCase();
  return name !== '' && text.toLowerCase().startsWith(`${name}: `) ? text.slice(name.length + 2) : text;
}

/** Return the scalars at a path such as `people[].name`, as texts. */
export function valuesAt(value: unknown, steps: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesAt(each, steps));
  const [step, ...rest] = steps;
  if (step === undefined) {
    if (typeof value === 'boolean') return [value ? words.search.yes : words.search.no];
    return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const member = (value as Record<string, unknown>)[step.replace(/(\[\])+$/, '')];
  return member === undefined ? [] : valuesAt(member, rest);
}
