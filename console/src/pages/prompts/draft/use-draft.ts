import { useState } from 'react';

import { dropDraft, keepDraft, keptDraft } from './draft-storage';
import { type PromptDraft, sameDraft } from './prompt-draft';

export interface DraftState {
  draft: PromptDraft;
  change: (changes: Partial<PromptDraft>) => void;
  /** Whether there is something to save. */
  changed: boolean;
  /** When changes of an earlier visit were made, if the draft began with them. */
  keptAt: string | null;
  /** Whether the prompt was changed elsewhere after the draft began. */
  outdated: boolean;
  discard: () => void;
}

/**
 * Hold the changes of a prompt until they are saved, also through a reload of the page.
 *
 * `base` is the stored prompt. Without changes the draft follows it.
 */
export function useDraft(storageId: string, base: PromptDraft, basedOn: string | null): DraftState {
  const [kept] = useState(() => keptDraft(storageId));
  const [edited, setEdited] = useState<PromptDraft | null>(kept?.draft ?? null);
  const [startedFrom, setStartedFrom] = useState(kept?.basedOn ?? basedOn);
  const [keptAt, setKeptAt] = useState(kept?.at ?? null);
  const draft = edited ?? base;
  const changed = edited !== null && !sameDraft(edited, base);
  return {
    draft,
    changed,
    keptAt: changed ? keptAt : null,
    outdated: changed && startedFrom !== basedOn,
    change: (changes) => {
      const next = { ...draft, ...changes };
      const from = edited === null ? basedOn : startedFrom;
      setEdited(next);
      setStartedFrom(from);
      if (sameDraft(next, base)) dropDraft(storageId);
      else keepDraft(storageId, next, from);
    },
    discard: () => {
      setEdited(null);
      setStartedFrom(basedOn);
      setKeptAt(null);
      dropDraft(storageId);
    },
  };
}
