import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';

import { ApiProblem } from '@/api/problem';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { BackLink } from '@/components/ui/layout/back-link';
import { PageHeader } from '@/components/ui/layout/page-header';
import { words } from '@/words/en';

import { draftOf, keptSettings } from './draft/prompt-draft';
import { PromptEditor } from './editor/prompt-editor';
import { promptQuery } from './queries';

const route = getRouteApi('/shell/prompts/$promptId');

/** A prompt that exists. */
export function PromptPage() {
  const { promptId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const found = useQuery(promptQuery(promptId));
  const base = useMemo(() => found.data && draftOf(found.data), [found.data]);
  // A prompt that is deleted while it is open keeps its last data.
  const isGone = found.error instanceof ApiProblem && found.error.status === 404;
  if (found.data === undefined || base === undefined || isGone) {
    if (!found.isError) return <SkeletonRows rows={4} className="h-20 w-full" />;
    return (
      <>
        <PageHeader title={words.prompts.title} above={<BackLink path="/prompts" label={words.prompts.back} />} />
        <div className="p-4">
          <ProblemNotice error={found.error} onRetry={() => void found.refetch()} />
        </div>
      </>
    );
  }
  return (
    <PromptEditor
      key={promptId}
      prompt={found.data}
      draftId={promptId}
      base={base}
      kept={keptSettings(found.data)}
      search={search}
      onSearch={(next) => void navigate({ search: next, replace: true })}
    />
  );
}
