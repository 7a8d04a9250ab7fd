import { dropKept, keep, kept } from '@/app/session/kept-data';

import type { PromptDraft } from './prompt-draft';

interface StoredDraft {
  draft: PromptDraft;
  /** The `updated_at` of the prompt that the draft began with. Null for a new prompt. */
  basedOn: string | null;
  at: string;
}

const nameOf = (promptId: string) => `draft.prompt.${promptId}`;

/** Keep the changes of a prompt in this tab, until they are saved or discarded. */
export function keepDraft(promptId: string, draft: PromptDraft, basedOn: string | null): void {
  const stored: StoredDraft = { draft, basedOn, at: new Date().toISOString() };
  keep(nameOf(promptId), stored);
}

/** Return the changes that this person left in this tab. */
export function keptDraft(promptId: string): StoredDraft | null {
  return kept(nameOf(promptId)) as StoredDraft | null;
}

export function dropDraft(promptId: string): void {
  dropKept(nameOf(promptId));
}
