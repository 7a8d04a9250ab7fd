import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { ApiProblem } from '@/api/problem';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { BackLink } from '@/components/ui/layout/back-link';
import { PageHeader } from '@/components/ui/layout/page-header';
import { importQuery } from '@/pages/imports/queries';
import { words } from '@/words/en';

import { FilesPanel } from './files-panel';
import { FollowingRun } from './following-run';
import { ImportHeader } from './import-header';
import { ImportSettings } from './import-settings';
import { ImportTotals } from './import-totals';

const route = getRouteApi('/shell/imports/$jobId');

/** An import: how far it is, its files with their outcomes, and the run that follows. */
export function ImportPage() {
  const { jobId } = route.useParams();
  const { data: job, error, refetch } = useQuery(importQuery(jobId));
  // An import that is deleted while it is open keeps its last data.
  const isGone = error instanceof ApiProblem && error.status === 404;
  if (job === undefined || isGone) {
    if (error === null) return <SkeletonRows rows={4} className="h-20 w-full" />;
    return (
      <>
        <PageHeader title={words.connections.tabs.imports} above={<BackLink path="/imports" label={words.imports.all} />} />
        <div className="p-4">
          <ProblemNotice error={error} onRetry={() => void refetch()} />
        </div>
      </>
    );
  }
  return (
    <div key={jobId} className="flex min-h-full flex-col gap-6 pb-8">
      <ImportHeader job={job} />
      <div className="grid gap-6 px-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <ImportTotals job={job} />
          <FollowingRun execution={job.execution} />
          <FilesPanel job={job} />
        </div>
        <ImportSettings job={job} />
      </div>
    </div>
  );
}
