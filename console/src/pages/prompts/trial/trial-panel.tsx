import { useMutation, useQueryClient } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { useState } from 'react';

import { idempotencyKey } from '@/api/idempotency-key';
import { useMay } from '@/app/session/session';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { words } from '@/words/en';

import { lengthProblems } from '../draft/draft-problems';
import type { KeptSettings, PromptDraft } from '../draft/prompt-draft';
import type { PromptSearch } from '../prompt-search';
import { MediumPicker } from './medium-picker';
import { startTrial } from './start-trial';
import { TrialResult } from './trial-result';

const { trial } = words.prompts;

interface TrialPanelProps {
  draft: PromptDraft;
  kept: KeptSettings | null;
  /** The stored prompt, if the draft is the same. */
  promptId: string | null;
  search: PromptSearch;
  onSearch: (search: PromptSearch) => void;
}

/** The prompt, saved or not, on one medium. */
export function TrialPanel({ draft, kept, promptId, search, onSearch }: TrialPanelProps) {
  const client = useQueryClient();
  const mayDelete = useMay('admin');
  const [chosen, setChosen] = useState<string | null>(search.medium ?? null);
  const starting = useMutation({
    mutationFn: (videoId: string) => startTrial({ draft, kept, promptId, videoId, mayDelete }, idempotencyKey()),
    onSuccess: (run, videoId) => {
      void client.invalidateQueries({ queryKey: ['runs', 'latest'] });
      onSearch({ trial: true, run: run.run_id, medium: videoId });
    },
  });
  const problems = Object.entries(lengthProblems(draft));
  return (
    <aside
      aria-label={trial.title}
      className="self-start rounded-md border border-line bg-raised p-4 xl:sticky xl:top-4 xl:max-h-[calc(100vh-8rem)] xl:overflow-y-auto"
      tabIndex={0}
    >
      <div className="flex flex-col gap-4">
        <h2 className="text-base font-semibold">{trial.title}</h2>
        <MediumPicker value={chosen} onChange={setChosen} />
        <p className="text-xs text-ink-soft">{promptId !== null ? trial.savedNote : mayDelete ? trial.draftNote : trial.draftNoteWriter}</p>
        <Button
          look="primary"
          className="self-start"
          disabled={chosen === null || starting.isPending || problems.length > 0}
          onClick={() => {
            if (chosen !== null) starting.mutate(chosen);
          }}
        >
          <FlaskConical size={16} aria-hidden />
          {starting.isPending ? trial.starting : trial.start}
        </Button>
        {problems.length > 0 && <p className="text-xs text-ink-soft">{trial.incomplete}</p>}
        {starting.isError && <ProblemNotice error={starting.error} />}
        {search.run !== undefined && search.medium !== undefined && (
          <TrialResult key={search.run} runId={search.run} videoId={search.medium} />
        )}
      </div>
    </aside>
  );
}
