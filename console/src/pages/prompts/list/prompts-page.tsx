import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Plus, Search } from 'lucide-react';
import { useMemo } from 'react';
import { VList } from 'virtua';

import { useMay } from '@/app/session/session';
import { useRowKeys } from '@/app/shortcuts/use-row-keys';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { Checkbox } from '@/components/ui/forms/checkbox';
import { PageHeader } from '@/components/ui/layout/page-header';
import { primaryLinkLook } from '@/components/ui/link-look';
import { latestRunsQuery, promptsQuery } from '@/pages/prompts/queries';
import { words } from '@/words/en';

import { filteredPrompts, runsByPrompt } from './prompt-list';
import { PromptRow } from './prompt-row';

const route = getRouteApi('/shell/prompts');

/** The prompts of the tenant, with a search. */
export function PromptsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mayWrite = useMay('write');
  const prompts = useQuery(promptsQuery);
  const runs = useQuery(latestRunsQuery);
  useRowKeys();
  const uses = useMemo(() => runsByPrompt(runs.data ?? []), [runs.data]);
  const all = prompts.data ?? [];
  const shown = filteredPrompts(all, search.q ?? '', search.inactive ?? false);

  return (
    <div className="flex h-full flex-col">
      <PageHeader
        title={words.prompts.title}
        detail={prompts.data === undefined ? words.prompts.intro : words.prompts.count(shown.length, all.length)}
        actions={
          <>
            <CopyAs request={{ method: 'GET', path: '/api/v2/prompts' }} />
            {mayWrite && <NewPromptLink />}
          </>
        }
      />
      <div className="flex flex-wrap items-center gap-4 px-4 pb-2">
        <label className="relative flex min-w-0 grow sm:max-w-sm">
          <span className="sr-only">{words.prompts.search}</span>
          <Search size={16} aria-hidden className="absolute top-2 left-2 text-ink-soft" />
          <input
            type="search"
            value={search.q ?? ''}
            placeholder={words.prompts.search}
            onChange={(event) => void navigate({ search: { ...search, q: event.target.value || undefined }, replace: true })}
            className="h-8 w-full rounded-md border border-line-strong bg-surface pr-2 pl-8 text-sm placeholder:text-ink-soft"
          />
        </label>
        {all.some((prompt) => !prompt.is_active) && (
          <Checkbox
            label={words.prompts.showInactive}
            checked={search.inactive ?? false}
            onChange={(inactive) => void navigate({ search: { ...search, inactive: inactive ? true : undefined }, replace: true })}
          />
        )}
      </div>
      {prompts.isPending && <SkeletonRows rows={6} className="h-16 w-full" />}
      {prompts.isError && (
        <div className="p-4">
          <ProblemNotice error={prompts.error} onRetry={() => void prompts.refetch()} />
        </div>
      )}
      {prompts.isSuccess && shown.length === 0 && <NoPrompts searched={(search.q ?? '') !== ''} />}
      {shown.length > 0 && (
        <VList className="min-h-0 flex-1 px-2 pb-4" role="list">
          {shown.map((prompt) => (
            <PromptRow key={prompt.prompt_id} prompt={prompt} use={uses.get(prompt.prompt_id) ?? null} runsKnown={runs.isSuccess} />
          ))}
        </VList>
      )}
    </div>
  );
}

function NewPromptLink() {
  return (
    <Link to="/prompts/new" className={primaryLinkLook}>
      <Plus size={16} aria-hidden />
      {words.prompts.new}
    </Link>
  );
}

function NoPrompts({ searched }: { searched: boolean }) {
  const mayWrite = useMay('write');
  if (searched) return <EmptyState title={words.prompts.noMatchTitle} text={words.prompts.noMatchText} />;
  return (
    <EmptyState title={words.prompts.noneTitle} text={words.prompts.noneText}>
      {mayWrite && <NewPromptLink />}
    </EmptyState>
  );
}
