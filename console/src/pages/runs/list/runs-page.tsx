import { getRouteApi, Link } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { VList } from 'virtua';

import { useMay } from '@/app/session/session';
import { useRowKeys } from '@/app/shortcuts/use-row-keys';
import { Button } from '@/components/ui/button';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { PageHeader } from '@/components/ui/layout/page-header';
import { primaryLinkLook } from '@/components/ui/link-look';
import { newestRuns } from '@/pages/prompts/queries';
import { words } from '@/words/en';

import { RunFilters } from './run-filters';
import { RunRow } from './run-row';
import { useRunList } from './use-run-list';

const route = getRouteApi('/shell/runs');

/** The runs of the tenant, with filters. */
export function RunsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  useRowKeys();
  const mayWrite = useMay('write');
  const list = useRunList(search);
  const filtered = search.status !== undefined || search.prompt !== undefined || search.index !== undefined;
  return (
    <div className="flex h-full flex-col">
      <PageHeader
        title={words.runs.title}
        detail={search.index === undefined && list.all.length === newestRuns ? words.runs.newest(newestRuns) : words.runs.intro}
        actions={
          <>
            <CopyAs request={requestOf(search.index)} />
            {mayWrite && <NewRunLink />}
          </>
        }
      />
      <RunFilters search={search} runs={list.all} onSearch={(next) => void navigate({ search: next, replace: true })} />
      {list.isPending && <SkeletonRows rows={8} className="h-12 w-full" />}
      {list.error !== null && (
        <div className="p-4">
          <ProblemNotice error={list.error} onRetry={list.retry} />
        </div>
      )}
      {!list.isPending && list.error === null && list.runs.length === 0 && <NoRuns filtered={filtered} />}
      {list.runs.length > 0 && (
        <VList className="min-h-0 flex-1 px-2 pb-4" role="list">
          {list.runs.map((run) => (
            <RunRow key={run.run_id} run={run} />
          ))}
        </VList>
      )}
      {list.more !== null && (
        <div className="flex justify-center p-2">
          <Button onClick={list.more}>{words.runs.more}</Button>
        </div>
      )}
    </div>
  );
}

function requestOf(indexId: string | undefined) {
  const path = indexId === undefined ? '/api/v2/prompt-runs' : `/api/v2/indexes/${indexId}/prompt-runs`;
  return { method: 'GET', path } as const;
}

function NewRunLink() {
  return (
    <Link to="/runs/new" className={primaryLinkLook}>
      <Play size={16} aria-hidden />
      {words.runs.new}
    </Link>
  );
}

function NoRuns({ filtered }: { filtered: boolean }) {
  const mayWrite = useMay('write');
  if (filtered) return <EmptyState title={words.runs.noMatchTitle} />;
  return (
    <EmptyState title={words.runs.noneTitle} text={words.runs.noneText}>
      {mayWrite && <NewRunLink />}
    </EmptyState>
  );
}
