import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { pollWhile } from '@/api/polling';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { Skeleton } from '@/components/ui/feedback/skeleton';
import { StatusMark } from '@/components/ui/feedback/status-mark';
import { hasEnded, type Run } from '@/pages/runs/queries';
import { markOf } from '@/pages/runs/run-progress';
import { words } from '@/words/en';

import { type RunMedium, runMediaPage, titleQuery } from './run-media-pages';

const { run: text } = words.runs;
const fewest = 12;

/** The media of a run: lines with their progress, or squares that fill if they are many. */
export function RunMedia({ run }: { run: Run }) {
  const ended = hasEnded(run);
  const pages = useInfiniteQuery({
    queryKey: ['runs', run.run_id, 'media', ended],
    queryFn: ({ pageParam, signal }) => runMediaPage(run, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: (previous) => previous,
    refetchInterval: pollWhile(!ended),
  });
  const media = pages.data?.pages.flatMap((page) => page.media) ?? [];
  const many = media.length > fewest || pages.hasNextPage;
  return (
    <section aria-label={text.media} className="flex flex-col gap-3">
      <h2 className="text-base font-semibold">{text.media}</h2>
      {pages.isPending && <Skeleton className="h-16 w-full" />}
      {pages.isError && <ProblemNotice error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isSuccess && media.length === 0 && !pages.hasNextPage && <p className="text-ink-soft">{text.goneMedia}</p>}
      <ul className={many ? 'flex flex-wrap gap-1' : 'flex flex-col'}>
        {media.map((medium) => (
          <li key={medium.videoId} className={many ? '' : 'border-b border-line'}>
            {many ? <MediumSquare medium={medium} runId={run.run_id} /> : <MediumLine medium={medium} runId={run.run_id} />}
          </li>
        ))}
      </ul>
      {pages.hasNextPage && (
        <Button className="self-start" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {text.moreMedia}
        </Button>
      )}
    </section>
  );
}

interface MediumProps {
  medium: RunMedium;
  runId: string;
}

function MediumLine({ medium, runId }: MediumProps) {
  const title = useQuery(titleQuery(medium.videoId)).data;
  const { videoId, status, total, done, failed } = medium;
  if (status === null) return <p className="px-2 py-2 text-ink-soft">{text.gone}</p>;
  const name = title ?? videoId;
  return (
    <Link to="/media/$videoId" params={{ videoId }} search={{ run: runId }} className="flex items-center gap-3 px-2 py-2 hover:bg-raised">
      <StatusMark status={markOfMedium(status)} label={statusWord(status)} progress={total > 0 ? done / total : null} />
      <span className="min-w-0 flex-1 truncate" title={name}>
        {name}
      </span>
      <span className="hidden w-40 sm:block">
        <ProgressBar label={text.mediaLabel(name, done, total)} value={total > 0 ? done / total : 0} failed={failed > 0} />
      </span>
      <span className="w-28 text-right text-xs text-ink-soft">
        {text.stageCount(done, total)}
        {failed > 0 && <span className="text-warning">, {text.stageFailed(failed)}</span>}
      </span>
    </Link>
  );
}

function MediumSquare({ medium, runId }: MediumProps) {
  const { videoId, status, total, done, failed } = medium;
  const [near, setNear] = useState(false);
  // The title is read once somebody looks at the square: a run has thousands of media.
  const title = useQuery({ ...titleQuery(videoId), enabled: near }).data ?? videoId;
  const filled = total === 0 ? 0 : done / total;
  const label = status === null ? text.gone : total === 0 ? text.mediumStatus(title, statusWord(status)) : text.mediaLabel(title, done, total);
  return (
    <Link
      to="/media/$videoId"
      params={{ videoId }}
      search={{ run: runId }}
      aria-label={label}
      title={label}
      onPointerEnter={() => setNear(true)}
      onFocus={() => setNear(true)}
      className={`relative flex size-6 overflow-hidden rounded-[4px] border ${failed > 0 || status === 'failed' ? 'border-warning' : 'border-line-strong'}`}
    >
      <span
        className={`absolute inset-x-0 bottom-0 ${failed > 0 || status === 'failed' ? 'bg-warning' : 'bg-accent'}`}
        style={{ height: `${(status === 'failed' ? 1 : filled) * 100}%` }}
      />
    </Link>
  );
}

const runStatuses = Object.keys(words.runs.statuses) as Run['status'][];

function runStatus(status: string): Run['status'] {
  return runStatuses.find((each) => each === status) ?? 'pending';
}

function markOfMedium(status: string) {
  return markOf(runStatus(status));
}

function statusWord(status: string): string {
  return words.runs.statuses[runStatus(status)];
}
