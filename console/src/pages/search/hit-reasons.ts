import type { Condition } from '@/pages/search/conditions';
import type { Hit } from '@/pages/search/hit-groups';

/** Why a hit was found: one field with the text that matched. */
export interface HitReason {
  key: string;
  label: string;
  text: string;
}

const maxReasons = 3;

/** Return the fields that explain a hit: those of the conditions, else those that match the words best. */
export function hitReasons(hit: Hit, conditions: readonly Condition[], labels: ReadonlyMap<string, string>): HitReason[] {
  const labelOf = (path: string, given: string | null) => labels.get(path) ?? given ?? path;
  const ofConditions = conditions.flatMap(({ field }) => {
    const text = valuesAt(hit.metadata, field.split('.')).join(', ');
    return text === '' ? [] : [{ key: `condition ${field}`, label: labelOf(field, null), text }];
  });
  const matched = [...hit.matched_field_instances]
    .sort((one, other) => other.score - one.score)
    .slice(0, maxReasons)
    .map((match) => ({
      key: match.field_instance_key,
      label: labelOf(match.field_path, match.field_display_label),
      text: match.value_preview,
    }));
  const reasons = [...unique(ofConditions), ...matched];
  if (reasons.length > 0 || hit.content_preview === '') return reasons;
  return [{ key: 'content', label: '', text: hit.content_preview }];
}

function unique(reasons: HitReason[]): HitReason[] {
  return [...new Map(reasons.map((reason) => [reason.key, reason])).values()];
}

/** Return the scalars at a path such as `people[].name`, as texts. */
export function valuesAt(value: unknown, steps: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesAt(each, steps));
  const [step, ...rest] = steps;
  if (step === undefined) {
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const member = (value as Record<string, unknown>)[step.replace(/(\[\])+$/, '')];
  return member === undefined ? [] : valuesAt(member, rest);
}
