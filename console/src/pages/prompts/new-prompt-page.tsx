import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';

import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { BackLink } from '@/components/ui/layout/back-link';
import { PageHeader } from '@/components/ui/layout/page-header';
import { words } from '@/words/en';

import { draftOf, emptyDraft, keptSettings } from './draft/prompt-draft';
import { PromptEditor } from './editor/prompt-editor';
import { promptQuery } from './queries';

const route = getRouteApi('/shell/prompts/new');

/** A prompt that is not stored yet: empty, or a copy of another one. */
export function NewPromptPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const copied = useQuery({ ...promptQuery(search.from ?? ''), enabled: search.from !== undefined });
  const base = useMemo(
    () => (copied.data === undefined ? emptyDraft : { ...draftOf(copied.data), name: words.prompts.copyTitle(copied.data.name) }),
    [copied.data],
  );
  if (search.from !== undefined && copied.data === undefined) {
    if (!copied.isError) return <SkeletonRows rows={4} className="h-20 w-full" />;
    return (
      <>
        <PageHeader title={words.prompts.title} above={<BackLink path="/prompts" label={words.prompts.back} />} />
        <div className="p-4">
          <ProblemNotice error={copied.error} onRetry={() => void copied.refetch()} />
        </div>
      </>
    );
  }
  return (
    <PromptEditor
      key={search.from ?? 'new'}
      prompt={null}
      draftId={search.from === undefined ? 'new' : `copy.${search.from}`}
      base={base}
      kept={copied.data === undefined ? null : keptSettings(copied.data)}
      search={search}
      onSearch={(next) => void navigate({ search: { ...next, from: search.from }, replace: true })}
    />
  );
}
