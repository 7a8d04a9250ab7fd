import { Link } from '@tanstack/react-router';
import { RotateCcw } from 'lucide-react';

import { useMay } from '@/app/session/session';
import { formatDateTime } from '@/components/time/format';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { StatusMark } from '@/components/ui/feedback/status-mark';
import { BackLink } from '@/components/ui/layout/back-link';
import { PageHeader } from '@/components/ui/layout/page-header';
import { linkLook } from '@/components/ui/link-look';
import { exportCall } from '@/pages/exports/copied-calls';
import { useDestinationName, useTargetName } from '@/pages/exports/export-names';
import { markOf, repeated, shareOf, stateOf } from '@/pages/exports/export-state';
import { type Export, hasEnded } from '@/pages/exports/queries';
import { words } from '@/words/en';

/** The head of an export: what it is of, its status, and what can be done with it. */
export function ExportHeader({ found }: { found: Export }) {
  const { name, exists } = useTargetName(found);
  const destination = useDestinationName(found);
  const mayWrite = useMay('write');
  const { created_at: createdAt, format } = found;
  return (
    <PageHeader
      title={name}
      above={<BackLink path="/exports" label={words.exports.all} />}
      detail={
        <span role="status" className="flex flex-wrap items-center gap-2">
          <StatusMark status={markOf(found)} label={stateOf(found)} progress={shareOf(found)} />
          <span>{stateOf(found)}</span>
          <span>{words.exports.formats[format].name}</span>
          <span>{destination}</span>
          <time dateTime={createdAt} title={createdAt}>
            {formatDateTime(createdAt)}
          </time>
        </span>
      }
      actions={
        <>
          <CopyAs {...exportCall(found)} />
          {mayWrite && exists && hasEnded(found) && (
            <Link
              to="/exports/new"
              search={repeated(found)}
              className={linkLook}
            >
              <RotateCcw size={16} aria-hidden />
              {words.exports.page.again}
            </Link>
          )}
        </>
      }
    />
  );
}
