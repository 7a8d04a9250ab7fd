import { currentSession } from '@/app/session/session';

import type { PromptDraft } from './prompt-draft';

interface StoredDraft {
  owner: string;
  draft: PromptDraft;
  /** The `updated_at` of the prompt that the draft began with. Null for a new prompt. */
  basedOn: string | null;
  at: string;
}

const keyOf = (promptId: string) => `videovector.draft.prompt.${promptId}`;

/** Keep the changes of a prompt in this tab, until they are saved or discarded. */
export function keepDraft(promptId: string, draft: PromptDraft, basedOn: string | null): void {
  const stored: StoredDraft = { owner: owner(), draft, basedOn, at: new Date().toISOString() };
  sessionStorage.setItem(keyOf(promptId), JSON.stringify(stored));
}

/** Return the changes that this key left. Changes of another key in the same tab are dropped. */
export function keptDraft(promptId: string): Omit<StoredDraft, 'owner'> | null {
  const text = sessionStorage.getItem(keyOf(promptId));
  if (text === null) return null;
  const stored = JSON.parse(text) as StoredDraft;
  if (stored.owner === owner()) return stored;
  dropDraft(promptId);
  return null;
}

export function dropDraft(promptId: string): void {
  sessionStorage.removeItem(keyOf(promptId));
}

/** Return a mark of the key of the session, from which the key cannot be found. */
function owner(): string {
  let hash = 0x811c9dc5;
  for (const character of currentSession()?.key ?? '') hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return (hash >>> 0).toString(16);
}
