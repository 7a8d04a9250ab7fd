import type { Models } from '@/api/client';
import { formatDateTime } from '@/components/time/format';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { defaultPromptId } from '@/pages/prompts/draft/prompt-draft';
import type { DraftState } from '@/pages/prompts/draft/use-draft';
import { words } from '@/words/en';

interface EditorNoticesProps {
  state: DraftState;
  prompt: Models['Prompt'] | null;
  error: Error | null;
  mayWrite: boolean;
}

/** What a person must know before editing: kept changes, a prompt that cannot be changed, a failed attempt to save. */
export function EditorNotices({ state, prompt, error, mayWrite }: EditorNoticesProps) {
  const { keptAt, outdated } = state;
  return (
    <>
      {error !== null && <ProblemNotice error={error} />}
      {mayWrite && prompt?.prompt_id === defaultPromptId && (
        <p className="rounded-md border border-line bg-raised p-3">{words.prompts.readOnlyNote}</p>
      )}
      {mayWrite && keptAt !== null && (
        <div className="flex flex-wrap items-center justify-between gap-2 rounded-md border border-line bg-accent-soft p-3">
          <p>{(outdated ? words.prompts.keptOld : words.prompts.kept)(formatDateTime(keptAt))}</p>
          <Button onClick={state.discard}>{words.prompts.discard}</Button>
        </div>
      )}
    </>
  );
}
