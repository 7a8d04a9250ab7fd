import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { pollWhile } from '@/api/polling';
import { ApiProblem } from '@/api/problem';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { BackLink } from '@/components/ui/layout/back-link';
import { PageHeader } from '@/components/ui/layout/page-header';
import { words } from '@/words/en';

import { CallsPanel } from './calls/calls-panel';
import { FailuresPanel } from './failures/failures-panel';
import { RunHeader } from './progress/run-header';
import { RunMedia } from './progress/run-media';
import { RunSettings } from './progress/run-settings';
import { RunStages } from './progress/run-stages';
import { hasEnded, runQuery } from './queries';

const route = getRouteApi('/shell/runs/$runId');

/** A run: how far it is, its media, what failed, and its calls to models. */
export function RunPage() {
  const { runId } = route.useParams();
  const found = useQuery({
    ...runQuery(runId),
    refetchInterval: ({ state }) => pollWhile(!hasEnded(state.data) && state.status !== 'error'),
  });
  const run = found.data;
  // A run that is deleted while it is open keeps its last data.
  const isGone = found.error instanceof ApiProblem && found.error.status === 404;
  if (run === undefined || isGone) {
    if (!found.isError) return <SkeletonRows rows={4} className="h-20 w-full" />;
    return (
      <>
        <PageHeader title={words.runs.title} above={<BackLink path="/runs" label={words.runs.back} />} />
        <div className="p-4">
          <ProblemNotice error={found.error} onRetry={() => void found.refetch()} />
        </div>
      </>
    );
  }
  return (
    <div key={runId} className="flex min-h-full flex-col gap-6 pb-8">
      <RunHeader run={run} />
      <div className="grid gap-6 px-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-8">
          <RunStages run={run} />
          <FailuresPanel run={run} />
          <RunMedia run={run} />
          <CallsPanel run={run} />
        </div>
        <RunSettings run={run} />
      </div>
    </div>
  );
}
