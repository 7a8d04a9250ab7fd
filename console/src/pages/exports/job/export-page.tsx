import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { ApiProblem } from '@/api/problem';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { BackLink } from '@/components/ui/layout/back-link';
import { ProblemPage } from '@/components/ui/layout/problem-page';
import { exportQuery, hasEnded } from '@/pages/exports/queries';
import { words } from '@/words/en';

import { ExportFacts } from './export-facts';
import { ExportFailure } from './export-failure';
import { ExportFile } from './export-file';
import { ExportHeader } from './export-header';
import { ExportProgress } from './export-progress';

const route = getRouteApi('/shell/exports/$exportId');

/** An export: how far it is, its file, what it contains, and where it went. */
export function ExportPage() {
  const { exportId } = route.useParams();
  const { data: found, error, refetch } = useQuery(exportQuery(exportId));
  // An export that is deleted while it is open keeps its last data.
  const isGone = error instanceof ApiProblem && error.status === 404;
  if (found === undefined || isGone) {
    if (error === null) return <SkeletonRows rows={4} className="h-20 w-full" />;
    return (
      <ProblemPage
        title={words.exports.title}
        above={<BackLink path="/exports" label={words.exports.all} />}
        error={error}
        onRetry={() => void refetch()}
      />
    );
  }
  return (
    <div key={exportId} className="flex min-h-full flex-col gap-6 pb-8">
      <ExportHeader found={found} />
      <div className="grid gap-6 px-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-6">
          {!hasEnded(found) && <ExportProgress found={found} />}
          {found.status === 'failed' && <ExportFailure found={found} />}
          {found.status === 'completed' && <ExportFile found={found} />}
        </div>
        <ExportFacts found={found} />
      </div>
    </div>
  );
}
