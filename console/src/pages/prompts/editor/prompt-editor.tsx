import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import type { Models } from '@/api/client';
import { ApiProblem } from '@/api/problem';
import { useMay } from '@/app/session/session';
import { LanguageModelNotice } from '@/components/models/language-model-notice';
import { type DraftProblems, lengthProblems, serverProblems } from '@/pages/prompts/draft/draft-problems';
import { LeaveQuestion } from '@/pages/prompts/draft/leave-question';
import { defaultPromptId, type KeptSettings, type PromptDraft, sameDraft } from '@/pages/prompts/draft/prompt-draft';
import { useDraft } from '@/pages/prompts/draft/use-draft';
import type { PromptSearch } from '@/pages/prompts/prompt-search';
import { readJson } from '@/pages/prompts/schema/json-lines';
import { StartPanel } from '@/pages/prompts/start/start-panel';
import { TrialPanel } from '@/pages/prompts/trial/trial-panel';

import { EditorHeader } from './editor-header';
import { EditorNotices } from './editor-notices';
import { PromptFields } from './prompt-fields';
import { useSavePrompt } from './save-prompt';
import { UsagePanel } from './usage-panel';
import { useEditorShortcuts } from './use-editor-shortcuts';

interface PromptEditorProps {
  /** The prompt that is edited. Null for a new one. */
  prompt: Models['Prompt'] | null;
  /** The name under which the tab keeps the draft. */
  draftId: string;
  /** What the draft begins with and is compared to. */
  base: PromptDraft;
  kept: KeptSettings | null;
  search: PromptSearch;
  onSearch: (search: PromptSearch) => void;
}

/** A prompt with its schemas, a trial beside it, and its use below it. */
export function PromptEditor({ prompt, draftId, base, kept, search, onSearch }: PromptEditorProps) {
  const navigate = useNavigate();
  const mayWrite = useMay('write');
  const readOnly = !mayWrite || prompt?.prompt_id === defaultPromptId;
  const state = useDraft(draftId, base, prompt?.updated_at ?? null);
  const [attempted, setAttempted] = useState(false);
  const saving = useSavePrompt((saved) => {
    setAttempted(false);
    state.discard();
    if (prompt === null) {
      void navigate({ to: '/prompts/$promptId', params: { promptId: saved.prompt_id }, search, replace: true, ignoreBlocker: true });
    }
  });
  const { draft } = state;
  const refused = refusalOf(saving.error, saving.variables?.draft, draft);
  const problems = attempted ? { ...lengthProblems(draft), ...refused.problems } : {};
  const isNew = prompt === null;
  const trial = search.trial === true && mayWrite;
  const save = () => {
    setAttempted(true);
    if (canSave(draft) && !saving.isPending) saving.mutate({ draft, promptId: prompt?.prompt_id ?? null, kept });
  };
  useEditorShortcuts({
    save: readOnly ? null : save,
    openTrial: mayWrite ? () => onSearch({ ...search, trial: true }) : null,
  });

  return (
    <div className="flex min-h-full flex-col">
      <LeaveQuestion changed={state.changed && !readOnly} onDiscard={state.discard} />
      <EditorHeader
        prompt={prompt}
        title={draft.name}
        changed={state.changed || isNew}
        saving={saving.isPending}
        saved={saving.isSuccess && !state.changed}
        readOnly={readOnly}
        trial={trial}
        onTrial={() => onSearch(trial ? {} : { ...search, trial: true })}
        onSave={save}
      />
      <div className={`grid flex-1 content-start gap-4 px-4 pt-2 pb-8 ${trial ? 'xl:grid-cols-[minmax(0,1fr)_26rem]' : ''}`}>
        <div className="flex min-w-0 flex-col gap-6">
          <EditorNotices state={state} prompt={prompt} error={refused.shown} mayWrite={mayWrite} />
          {(isNew || trial) && <LanguageModelNotice />}
          {isNew && (
            <StartPanel
              replaces={state.changed}
              onDraft={(next) => {
                setAttempted(false);
                state.change(next);
              }}
            />
          )}
          <PromptFields draft={draft} onChange={state.change} problems={problems} readOnly={readOnly} narrow={trial} />
          {prompt !== null && <UsagePanel prompt={prompt} />}
        </div>
        {trial && (
          <TrialPanel
            draft={draft}
            kept={kept}
            promptId={prompt !== null && !state.changed ? prompt.prompt_id : null}
            search={search}
            onSearch={onSearch}
          />
        )}
      </div>
    </div>
  );
}

function canSave(draft: PromptDraft): boolean {
  const schemas = [draft.schema, ...(draft.videoLevel === null ? [] : [draft.videoLevel.schema])];
  return Object.keys(lengthProblems(draft)).length === 0 && schemas.every((text) => readJson(text).read !== null);
}

/** Sort out what the server refused: errors of fields stay until the draft changes, others stand above. */
function refusalOf(error: Error | null, sent: PromptDraft | undefined, draft: PromptDraft): { problems: DraftProblems; shown: Error | null } {
  if (error === null || sent === undefined || !sameDraft(sent, draft)) return { problems: {}, shown: null };
  if (!(error instanceof ApiProblem) || error.fields.length === 0) return { problems: {}, shown: error };
  const { problems, others } = serverProblems(error.fields);
  return { problems, shown: others.length === 0 ? null : error };
}
