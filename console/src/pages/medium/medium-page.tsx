import { ApiProblem } from '@/api/problem';
import { Skeleton, SkeletonRows } from '@/components/ui/feedback/skeleton';
import { BackLink } from '@/components/ui/layout/back-link';
import { ProblemPage } from '@/components/ui/layout/problem-page';
import { words } from '@/words/en';

import { useMedium } from './medium-data';
import { useMediumParams } from './medium-route';
import { MediumView } from './medium-view';

/** The page of one medium: what it shows, says and contains, and the results of its runs. */
export function MediumPage() {
  const { videoId } = useMediumParams();
  const medium = useMedium(videoId);
  // A medium that is deleted while it is open keeps its last data.
  const isGone = medium.error instanceof ApiProblem && medium.error.status === 404;
  if (medium.data !== undefined && !isGone) return <MediumView key={videoId} medium={medium.data} />;
  if (medium.isError) {
    return (
      <ProblemPage
        title={words.medium.failed}
        above={<BackLink path="/" label={words.library.title} />}
        error={medium.error}
        onRetry={() => void medium.refetch()}
      />
    );
  }
  return (
    <div className="grid gap-4 p-4 lg:grid-cols-[3fr_2fr]">
      <Skeleton className="aspect-video w-full" />
      <SkeletonRows rows={6} />
    </div>
  );
}
