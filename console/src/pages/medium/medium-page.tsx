import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { Skeleton, SkeletonRows } from '@/components/ui/feedback/skeleton';
import { words } from '@/words/en';

import { useMedium } from './medium-data';
import { useMediumParams } from './medium-route';
import { MediumView } from './medium-view';

/** The page of one medium: what it shows, says and contains, and the results of its runs. */
export function MediumPage() {
  const { videoId } = useMediumParams();
  const medium = useMedium(videoId);
  if (medium.data !== undefined) return <MediumView key={videoId} medium={medium.data} />;
  if (medium.isError) {
    return (
      <div className="mx-auto flex max-w-xl flex-col gap-4 p-4">
        <h1 className="text-lg font-semibold">{words.medium.failed}</h1>
        <ProblemNotice error={medium.error} onRetry={() => void medium.refetch()} />
      </div>
    );
  }
  return (
    <div className="grid gap-4 p-4 lg:grid-cols-[3fr_2fr]">
      <Skeleton className="aspect-video w-full" />
      <SkeletonRows rows={6} />
    </div>
  );
}
