import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useMemo, useState } from 'react';

import { api, type Models, unwrap } from '@/api/client';
import { idempotencyKey } from '@/api/idempotency-key';
import { LanguageModelNotice } from '@/components/models/language-model-notice';
import { Button } from '@/components/ui/button';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { BackLink } from '@/components/ui/layout/back-link';
import { PageHeader } from '@/components/ui/layout/page-header';
import { defaultPromptId } from '@/pages/prompts/draft/prompt-draft';
import { promptQuery } from '@/pages/prompts/queries';
import { runQuery } from '@/pages/runs/queries';
import type { NewRunSearch } from '@/pages/runs/run-search';
import { words } from '@/words/en';

import { EstimatePanel } from './estimate-panel';
import { OptionFields } from './option-fields';
import { PromptField } from './prompt-field';
import { optionsOf, runBody, type RunOptions } from './run-form';
import { TargetFields } from './target-fields';

const route = getRouteApi('/shell/runs/new');

/** A run before it starts: its media, its prompt, its options, and what it takes. An address without a prompt chooses the default one. */
export function NewRunPage() {
  const address = route.useSearch();
  const search = { ...address, prompt: address.prompt ?? defaultPromptId };
  const navigate = route.useNavigate();
  const prompt = useQuery(promptQuery(search.prompt));
  const saved = useMemo(() => optionsOf(prompt.data?.execution_config), [prompt.data]);
  const [changes, setChanges] = useState<Partial<RunOptions>>({});
  const options = { ...saved, ...changes };
  const body = runBody(search, options);
  const start = useStart(body);
  const change = (next: NewRunSearch) => void navigate({ search: next, replace: true });
  return (
    <form
      className="flex min-h-full flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        if (body !== null && !start.isPending) start.mutate(body);
      }}
    >
      <PageHeader
        title={words.runs.form.title}
        above={<BackLink path="/runs" label={words.runs.back} />}
        actions={body !== null && <CopyAs request={{ method: 'POST', path: '/api/v2/prompt-runs/execute', body }} />}
      />
      <div className="grid gap-4 px-4 pt-2 pb-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <TargetFields search={search} onSearch={change} />
          <PromptField value={search.prompt} onChange={(chosen) => change({ ...search, prompt: chosen })} />
          <LanguageModelNotice />
          <OptionFields
            options={options}
            hasWhole={prompt.data !== undefined && prompt.data.video_level !== null}
            onChange={(next) => setChanges({ ...changes, ...next })}
          />
        </div>
        <div className="flex flex-col gap-4 self-start lg:sticky lg:top-4">
          <EstimatePanel body={body} />
          {start.isError && <ProblemNotice error={start.error} />}
          <Button type="submit" look="primary" disabled={body === null || start.isPending}>
            <Play size={16} aria-hidden />
            {start.isPending ? words.runs.form.starting : words.runs.form.start}
          </Button>
        </div>
      </div>
    </form>
  );
}

/** Start runs. Two clicks on the same choices are one run: they send the same key. */
function useStart(body: Models['ExecuteRequest'] | null) {
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const content = JSON.stringify(body);
  const [intent, setIntent] = useState({ content, key: idempotencyKey() });
  if (intent.content !== content) setIntent({ content, key: idempotencyKey() });
  return useMutation({
    mutationFn: (request: Models['ExecuteRequest']) =>
      unwrap(api.POST('/api/v2/prompt-runs/execute', { params: { header: { 'Idempotency-Key': intent.key } }, body: request })),
    onSuccess: (run) => {
      client.setQueryData(runQuery(run.run_id).queryKey, run);
      void client.invalidateQueries({ queryKey: ['runs', 'latest'] });
      void navigate({ to: '/runs/$runId', params: { runId: run.run_id } });
    },
  });
}
