import { formatTime } from '@/components/time/format';
import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { shareOf, stateOf } from '@/pages/exports/export-state';
import type { Export } from '@/pages/exports/queries';
import { words } from '@/words/en';

const { page: text } = words.exports;

/** How far an export is: what it takes in, what is written or delivered, and why it waits. */
export function ExportProgress({ found }: { found: Export }) {
  const { status, progress, attempts, max_attempts: most, last_error: lastError, available_at: availableAt } = found;
  const isKnown = progress.total_media > 0;
  return (
    <section aria-label={text.progress} className="flex flex-col gap-3">
      <h2 className="text-base font-semibold">{text.progress}</h2>
      <ProgressBar label={stateOf(found)} value={status === 'pending' ? 0 : shareOf(found)} />
      <p className="flex flex-wrap justify-between gap-x-4 gap-y-1 text-ink-soft">
        <span>{status === 'pending' && attempts === 0 ? text.waiting : stateOf(found)}</span>
        {isKnown && <span>{text.snapshot(progress.total_runs, progress.total_media)}</span>}
      </p>
      {lastError !== null && (
        <p className="text-warning wrap-anywhere">
          {text.retry(lastError, formatTime(availableAt))} {text.attempts(attempts, most)}.
        </p>
      )}
    </section>
  );
}
