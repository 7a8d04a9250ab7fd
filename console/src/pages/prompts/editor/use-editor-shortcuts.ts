import { useEffect, useMemo, useRef } from 'react';

import { useShortcuts } from '@/app/shortcuts/registry';
import { words } from '@/words/en';

interface EditorCommands {
  /** Null for a prompt that cannot be changed. */
  save: (() => void) | null;
  /** Null for a key that starts no runs. */
  openTrial: (() => void) | null;
}

/** Offer the commands of the editor by keys and in the palette. */
export function useEditorShortcuts({ save, openTrial }: EditorCommands): void {
  const latest = useRef({ save, openTrial });
  useEffect(() => {
    latest.current = { save, openTrial };
  });
  const maySave = save !== null;
  const mayTry = openTrial !== null;
  useShortcuts(
    useMemo(
      () => [
        ...(maySave ? [{ label: words.prompts.save, keys: 'mod+s', inFields: true, inPalette: true, run: () => latest.current.save?.() }] : []),
        ...(mayTry ? [{ label: words.prompts.trial.title, inPalette: true, run: () => latest.current.openTrial?.() }] : []),
      ],
      [maySave, mayTry],
    ),
  );
}
