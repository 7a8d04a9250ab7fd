import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { api, unwrap } from '@/api/client';
import { pollWhile } from '@/api/polling';
import { formatSeconds } from '@/components/time/format';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { hasEnded, runQuery } from '@/pages/runs/queries';
import { words } from '@/words/en';

import { FieldsView } from './value-view';

const { trial } = words.prompts;

interface TrialResultProps {
  runId: string;
  videoId: string;
}

/** The results of a trial, segment by segment as they come, and the result of the whole medium at the end. */
export function TrialResult({ runId, videoId }: TrialResultProps) {
  const run = useQuery({ ...runQuery(runId), refetchInterval: ({ state }) => pollWhile(!hasEnded(state.data)) });
  const ended = hasEnded(run.data);
  const results = useInfiniteQuery({
    queryKey: ['runs', runId, 'results', videoId, ended],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/v2/prompt-runs/{run_id}/results', {
          params: { path: { run_id: runId }, query: { video_id: videoId, limit: 20, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.pagination.next_cursor ?? undefined,
    placeholderData: (previous) => previous,
    refetchInterval: pollWhile(!ended),
  });
  const whole = useQuery({
    queryKey: ['runs', runId, 'video-result', videoId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/api/v2/prompt-runs/{run_id}/videos/{video_id}/video-result', {
          params: { path: { run_id: runId, video_id: videoId } },
          signal,
        }),
      ),
    enabled: ended && run.data?.video_level_enabled === true && run.data.video_level_completed_items > 0,
  });
  const segments = results.data?.pages.flatMap((page) => page.data) ?? [];
  if (run.isError) return <ProblemNotice error={run.error} onRetry={() => void run.refetch()} />;
  return (
    <div className="flex flex-col gap-3">
      {run.data !== undefined && <TrialState run={run.data} />}
      {results.isError && <ProblemNotice error={results.error} onRetry={() => void results.refetch()} />}
      {whole.data !== undefined && (
        <section className="flex flex-col gap-2 rounded-md border border-line-strong p-3">
          <h3 className="text-sm font-semibold">{trial.whole}</h3>
          <FieldsView fields={whole.data.metadata} />
        </section>
      )}
      <ol className="flex flex-col gap-2">
        {segments.map((segment) => (
          <li key={segment.segment_id} className="flex flex-col gap-2 rounded-md border border-line p-3">
            <Link
              to="/media/$videoId"
              params={{ videoId }}
              search={{ t: segment.start_time, run: runId, segment: segment.segment_id }}
              className="self-start text-xs text-ink-soft underline"
            >
              {segment.end_time > segment.start_time ? `${formatSeconds(segment.start_time)} – ${formatSeconds(segment.end_time)}` : trial.picture}
            </Link>
            {segment.field_extraction_error === null ? (
              <FieldsView fields={segment.metadata} />
            ) : (
              <p className="text-warning wrap-anywhere">{segment.field_extraction_error}</p>
            )}
          </li>
        ))}
      </ol>
      {results.hasNextPage && <Button onClick={() => void results.fetchNextPage()}>{trial.more}</Button>}
      {run.data !== undefined && (
        <p className="flex gap-4 text-sm">
          <Link to="/runs/$runId" params={{ runId }} className="underline">
            {trial.openRun}
          </Link>
          <Link to="/media/$videoId" params={{ videoId }} search={{ run: runId }} className="underline">
            {trial.openMedium}
          </Link>
        </p>
      )}
    </div>
  );
}

function TrialState({ run }: { run: Parameters<typeof hasEnded>[0] & object }) {
  const failed = run.field_extraction_failures;
  const done = run.completed_segments + failed;
  const progress = run.total_segments === 0 ? null : done / run.total_segments;
  const text = run.total_segments === 0 ? trial.waiting : trial.progress(done, run.total_segments);
  return (
    <div className="flex flex-col gap-1">
      <p role="status" className="text-xs text-ink-soft">
        {hasEnded(run) ? `${words.runs.statuses[run.status]}. ${trial.progress(done, run.total_segments)}` : text}
      </p>
      {!hasEnded(run) && <ProgressBar label={trial.title} value={progress} />}
      {failed > 0 && <p className="text-xs text-warning">{trial.failedSegments(failed)}</p>}
      {run.error_message !== null && <p className="text-xs text-warning wrap-anywhere">{run.error_message}</p>}
    </div>
  );
}
