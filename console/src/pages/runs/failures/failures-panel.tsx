import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/api/client';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { hasEnded, type Run } from '@/pages/runs/queries';
import { mediaCount } from '@/pages/runs/run-progress';
import { words } from '@/words/en';

import { FailureCard } from './failure-card';
import { failureGroups } from './failure-groups';
import { RetryBar } from './retry-bar';
import { useRetry } from './use-retry';

const { failed: text } = words.runs;

/** What failed in a run, by cause, and the retries. */
export function FailuresPanel({ run }: { run: Run }) {
  const retry = useRetry(run.run_id);
  const failed = countOf(run) > 0 || run.status === 'failed';
  const manifest = useQuery({
    queryKey: ['runs', run.run_id, 'failures', countOf(run)],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v2/prompt-runs/{run_id}/failed-segments', { params: { path: { run_id: run.run_id } }, signal })),
    placeholderData: (previous) => previous,
    enabled: failed,
  });
  const groups = manifest.data === undefined || !failed ? [] : failureGroups(manifest.data);
  if (groups.length === 0 && !manifest.isError && retry.progress === null) return null;
  return (
    <section aria-label={text.title} className="flex flex-col gap-3">
      <h2 className="text-base font-semibold">{text.title}</h2>
      {manifest.isError && <ProblemNotice error={manifest.error} onRetry={() => void manifest.refetch()} />}
      <RetryBar retry={retry} />
      {groups.map((group) => (
        <FailureCard key={group.key} group={group} run={run} ended={hasEnded(run)} retry={retry} />
      ))}
      {groups.length === 0 && !manifest.isError && !manifest.isFetching && <p className="text-ink-soft">{text.none}</p>}
      {failed && manifest.data?.truncated === true && <p className="text-xs text-ink-soft">{text.truncated}</p>}
    </section>
  );
}

/** Count the failures that the counters of a run tell of: the list is read again when this changes. */
function countOf(run: Run): number {
  const media = run.failed_videos + run.failed_audios + run.failed_images + run.partial_videos + run.partial_audios + run.partial_images;
  const operations = run.field_extraction_failures + run.transcription_failures + run.image_embedding_failures;
  return mediaCount(run) === 0 ? operations : operations + media + run.video_level_failed_items;
}
