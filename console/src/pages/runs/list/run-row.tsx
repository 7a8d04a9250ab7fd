import { Link } from '@tanstack/react-router';

import { rowLink } from '@/app/shortcuts/use-row-keys';
import { isMarked } from '@/components/markers/marker-colors';
import { MarkerDot } from '@/components/markers/marker-dot';
import { formatDateTime } from '@/components/time/format';
import { StatusMark } from '@/components/ui/feedback/status-mark';
import { formatDuration } from '@/pages/runs/duration';
import { hasEnded, type Run } from '@/pages/runs/queries';
import { markOf, mediaCount, progressOf, secondsOf } from '@/pages/runs/run-progress';
import { targetOf } from '@/pages/runs/run-target';
import { TargetName } from '@/pages/runs/target-name';
import { words } from '@/words/en';

/** One run of the list. */
export function RunRow({ run }: { run: Run }) {
  const progress = progressOf(run);
  const seconds = hasEnded(run) ? secondsOf(run, 0) : null;
  const failures = run.field_extraction_failures + run.failed_videos + run.failed_audios + run.failed_images;
  return (
    <div role="listitem" className="relative flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-2 py-3 hover:bg-raised">
      <StatusMark status={markOf(run.status)} label={statusText(run, progress)} progress={progress} />
      {isMarked(run.marker) && <MarkerDot marker={run.marker} />}
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <Link
          {...rowLink}
          to="/runs/$runId"
          params={{ runId: run.run_id }}
          className="truncate font-medium after:absolute after:inset-0"
          title={run.prompt_name}
        >
          {run.prompt_name}
        </Link>
        <p className="truncate text-xs text-ink-soft">
          <TargetName run={run} />, {targetOf(run).kind !== 'videos' && `${words.runs.targets.media(mediaCount(run))}, `}
          {words.runs.segments(run.total_segments)}
          {failures > 0 && <span className="text-warning">, {words.runs.failures(failures)}</span>}
        </p>
      </div>
      <div className="flex basis-full gap-x-3 pl-7 text-xs whitespace-nowrap text-ink-soft sm:basis-auto sm:flex-col sm:items-end sm:gap-1 sm:pl-0">
        <time dateTime={run.executed_at} title={run.executed_at}>
          {formatDateTime(run.executed_at)}
        </time>
        <span>
          {statusText(run, progress)}
          {seconds !== null && `, ${words.runs.took(formatDuration(seconds))}`}
        </span>
      </div>
    </div>
  );
}

function statusText(run: Run, progress: number | null): string {
  if (run.status !== 'processing' || progress === null) return words.runs.statuses[run.status];
  return words.runs.progress(Math.round(progress * 100));
}
