import { Link } from '@tanstack/react-router';

import { rowLink } from '@/app/shortcuts/use-row-keys';
import { formatBytes } from '@/components/numbers/format';
import { formatDateTime } from '@/components/time/format';
import { StatusMark } from '@/components/ui/feedback/status-mark';
import { useDestinationName, useTargetName } from '@/pages/exports/export-names';
import { markOf, shareOf, stateOf } from '@/pages/exports/export-state';
import type { Export } from '@/pages/exports/queries';
import { words } from '@/words/en';

/** One export of the list. It opens the export. */
export function ExportRow({ found }: { found: Export }) {
  const { export_id: exportId, created_at: createdAt, error_message: error, file_size_bytes: size, format } = found;
  const { name } = useTargetName(found);
  const details = [
    words.exports.formats[format].name,
    ...(found.result_scope === 'matches' ? [words.exports.scopes.matches] : []),
    useDestinationName(found),
  ];
  return (
    <div role="listitem" className="relative flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-2 py-3 hover:bg-raised">
      <StatusMark status={markOf(found)} label={stateOf(found)} progress={shareOf(found)} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <Link {...rowLink} to="/exports/$exportId" params={{ exportId }} className="truncate font-medium after:absolute after:inset-0" title={name}>
          {name}
        </Link>
        <p className="truncate text-xs text-ink-soft">{details.join(', ')}</p>
        {error !== null && (
          <p className="truncate text-xs text-warning" title={error}>
            {error}
          </p>
        )}
      </div>
      <div className="flex basis-full gap-x-3 pl-7 text-xs whitespace-nowrap text-ink-soft sm:basis-auto sm:flex-col sm:items-end sm:gap-1 sm:pl-0">
        <time dateTime={createdAt} title={createdAt}>
          {formatDateTime(createdAt)}
        </time>
        <span>
          {stateOf(found)}
          {found.status === 'completed' && size !== null && `, ${formatBytes(size)}`}
        </span>
      </div>
    </div>
  );
}
