import type { FieldError } from '@/api/problem';
import { words } from '@/words/en';

import type { PromptDraft } from './prompt-draft';

/** The fields of the editor that can have an error of their own. */
type DraftField = 'name' | 'description' | 'promptText' | 'instructions' | 'schema' | 'videoLevelSchema';
export type DraftProblems = Partial<Record<DraftField, string>>;

const limits = { name: [3, 100], description: [0, 500], promptText: [10, 5000], instructions: [1, 12_000] } as const;

/** Check the lengths that the server demands. */
export function lengthProblems(draft: PromptDraft): DraftProblems {
  const texts = { name: draft.name, description: draft.description, promptText: draft.promptText, instructions: draft.videoLevel?.instructions };
  const problems: DraftProblems = {};
  for (const field of Object.keys(limits) as (keyof typeof limits)[]) {
    const text = texts[field];
    const [low, high] = limits[field];
    if (text === undefined || (text.trim().length >= low && text.length <= high)) continue;
    problems[field] = low === 0 ? words.prompts.atMost(high) : words.prompts.between(low, high);
  }
  return problems;
}

/** Give each error of the server to the field that it concerns. `others` concern no field of the editor. */
export function serverProblems(errors: readonly FieldError[]): { problems: DraftProblems; others: FieldError[] } {
  const problems: DraftProblems = {};
  const others: FieldError[] = [];
  for (const error of errors) {
    const field = fieldOf(error.field);
    if (field === null) others.push(error);
    else problems[field] ??= field === 'schema' || field === 'videoLevelSchema' ? `${error.field}: ${error.message}` : error.message;
  }
  return { problems, others };
}

function fieldOf(path: string): DraftField | null {
  if (/^json_schema\b/.test(path)) return 'schema';
  if (/^video_level\.json_schema\b/.test(path)) return 'videoLevelSchema';
  if (path === 'video_level.instructions_text') return 'instructions';
  if (path === 'prompt_text') return 'promptText';
  return path === 'name' || path === 'description' ? path : null;
}
