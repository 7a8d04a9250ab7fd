import { Link } from '@tanstack/react-router';

import { rowLink } from '@/app/shortcuts/use-row-keys';
import { formatDateTime } from '@/components/time/format';
import { Badge } from '@/components/ui/feedback/badge';
import { StatusMark } from '@/components/ui/feedback/status-mark';
import { markOf, paceOf, shareOf, stateOf } from '@/pages/imports/import-progress';
import { useDestinationName, useImportName } from '@/pages/imports/import-source';
import { outcomesOf } from '@/pages/imports/outcomes';
import { hasEnded, type ImportJob } from '@/pages/imports/queries';
import { words } from '@/words/en';

/** One import of the list. It opens the import. */
export function ImportRow({ job }: { job: ImportJob }) {
  const { created_at: createdAt } = job;
  const name = useImportName(job);
  const destination = useDestinationName(job);
  const pace = hasEnded(job) ? '' : paceOf(job);
  return (
    <div role="listitem" className="relative flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-2 py-3 hover:bg-raised">
      <StatusMark status={markOf(job)} label={stateOf(job)} progress={shareOf(job)} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <span className="flex min-w-0 items-center gap-2">
          <Link
            {...rowLink}
            to="/imports/$jobId"
            params={{ jobId: job.job_id }}
            className="truncate font-medium after:absolute after:inset-0"
            title={name}
          >
            {name}
          </Link>
          {job.automation_id !== null && <Badge>{words.imports.automatic}</Badge>}
        </span>
        <p className="truncate text-xs text-ink-soft">
          {words.imports.into(destination)}
          {outcomesOf(job).map(({ text, isBad }) => (
            <span key={text} className={isBad ? 'text-warning' : undefined}>
              , {text}
            </span>
          ))}
        </p>
      </div>
      <div className="flex basis-full gap-x-3 pl-7 text-xs whitespace-nowrap text-ink-soft sm:basis-auto sm:flex-col sm:items-end sm:gap-1 sm:pl-0">
        {createdAt !== null && (
          <time dateTime={createdAt} title={createdAt}>
            {formatDateTime(createdAt)}
          </time>
        )}
        <span>{pace === '' ? stateOf(job) : pace}</span>
      </div>
    </div>
  );
}
