import { formatBytes } from '@/components/numbers/format';
import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { isListing, notBegunFiles, paceOf, shareOf, stateOf } from '@/pages/imports/import-progress';
import { hasEnded, type ImportJob } from '@/pages/imports/queries';
import { words } from '@/words/en';

const { totals: text } = words.imports;

/** How far an import is: its counters, its rate, and the time that is left. */
export function ImportTotals({ job }: { job: ImportJob }) {
  const { progress, status, error_message: error } = job;
  const waiting = Math.max(0, progress.total_files - progress.imported - progress.failed - progress.skipped);
  const left = notBegunFiles(job);
  const skipped = progress.skipped - (left ?? 0);
  const numbers = [
    { name: text.imported, value: progress.imported.toLocaleString() },
    { name: text.failed, value: progress.failed.toLocaleString(), isBad: progress.failed > 0 },
    { name: left === null ? text.skippedOrNotBegun : text.skipped, value: skipped.toLocaleString() },
    ...(left === null || left === 0 ? [] : [{ name: text.notBegun, value: left.toLocaleString() }]),
    ...(hasEnded(job) ? [] : [{ name: text.waiting, value: waiting.toLocaleString() }]),
    { name: text.transferred, value: formatBytes(progress.bytes_transferred) },
  ];
  return (
    <section aria-label={text.title} className="flex flex-col gap-3">
      <h2 className="text-base font-semibold">{text.title}</h2>
      <ProgressBar label={stateOf(job)} value={status === 'pending' ? 0 : shareOf(job)} failed={status === 'failed'} />
      <p className="flex flex-wrap justify-between gap-x-4 gap-y-1 text-ink-soft">
        <span>{isListing(job) ? text.listing(progress.total_files) : text.files(progress.total_files)}</span>
        <span>{paceOf(job)}</span>
      </p>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-5">
        {numbers.map(({ name, value, isBad }) => (
          <div key={name} className="rounded-md border border-line p-3">
            <dt className="text-xs text-ink-soft">{name}</dt>
            <dd className={`text-lg font-semibold tabular-nums ${isBad === true ? 'text-warning' : ''}`}>{value}</dd>
          </div>
        ))}
      </dl>
      {error !== null && <p className="text-warning wrap-anywhere">{error}</p>}
    </section>
  );
}
