import { Link } from '@tanstack/react-router';
import { Ban, RotateCcw } from 'lucide-react';
import { useState } from 'react';

import { useMay } from '@/app/session/session';
import { formatDateTime } from '@/components/time/format';
import { Button } from '@/components/ui/button';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { StatusMark } from '@/components/ui/feedback/status-mark';
import { BackLink } from '@/components/ui/layout/back-link';
import { PageHeader } from '@/components/ui/layout/page-header';
import { ConfirmDialog } from '@/components/ui/overlays/confirm-dialog';
import { canRetry, isRetryHopeful, markOf, shareOf, stateOf, takesNewAddresses } from '@/pages/imports/import-progress';
import { useDestinationName, useImportName } from '@/pages/imports/import-source';
import { hasEnded, type ImportJob, useImportCancellation, useImportRetry } from '@/pages/imports/queries';
import { words } from '@/words/en';

import { NewAddresses } from './new-addresses';

/** The head of an import: what it imports and where to, its status, and what can be done with it. */
export function ImportHeader({ job }: { job: ImportJob }) {
  const name = useImportName(job);
  const mayWrite = useMay('write');
  const retry = useImportRetry(job.job_id);
  const startedAt = job.started_at ?? job.created_at;
  return (
    <>
      <PageHeader
        title={name}
        above={<BackLink path="/imports" label={words.imports.all} />}
        detail={
          <span role="status" className="flex flex-wrap items-center gap-2">
            <StatusMark status={markOf(job)} label={stateOf(job)} progress={shareOf(job)} />
            <span>{stateOf(job)}</span>
            <Destination job={job} />
            {startedAt !== null && (
              <time dateTime={startedAt} title={startedAt}>
                {formatDateTime(startedAt)}
              </time>
            )}
          </span>
        }
        actions={
          <>
            <CopyAs request={{ method: 'GET', path: `/api/v2/import-jobs/${job.job_id}` }} />
            {mayWrite && canRetry(job) && (
              <Button look={isRetryHopeful(job) ? 'secondary' : 'quiet'} disabled={retry.isPending} onClick={() => retry.mutate({})}>
                <RotateCcw size={16} aria-hidden />
                {retryLabel(job)}
              </Button>
            )}
            {mayWrite && takesNewAddresses(job) && <NewAddresses job={job} />}
            {mayWrite && !hasEnded(job) && <CancelImport job={job} />}
          </>
        }
      />
      {retry.error !== null && (
        <div className="px-4">
          <ProblemNotice error={retry.error} />
        </div>
      )}
    </>
  );
}

function retryLabel(job: ImportJob): string {
  if (job.status === 'cancelled') return words.imports.resume;
  return isRetryHopeful(job) ? words.imports.retry(job.progress.failed) : words.imports.retryAnyway(job.progress.failed);
}

function Destination({ job }: { job: ImportJob }) {
  const name = useDestinationName(job);
  const { target_index_id: id } = job;
  if (id === null) return <Link to="/playground" className="underline">{name}</Link>;
  return (
    <Link to="/indexes/$indexId" params={{ indexId: id }} className="underline">
      {name}
    </Link>
  );
}

function CancelImport({ job }: { job: ImportJob }) {
  const [isAsking, setAsking] = useState(false);
  const cancellation = useImportCancellation(job.job_id, () => setAsking(false));
  if (cancellation.isSuccess) return <p className="text-ink-soft">{words.imports.cancelling}</p>;
  return (
    <>
      <Button look="danger" onClick={() => setAsking(true)}>
        <Ban size={16} aria-hidden />
        {words.imports.cancel}
      </Button>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={words.imports.cancelQuestion}
        confirmLabel={words.imports.cancel}
        dismissLabel={words.imports.goOn}
        pending={cancellation.isPending}
        error={cancellation.error}
        onConfirm={() => cancellation.mutate()}
      >
        <p>{words.imports.cancelKeeps(job.progress.imported)}</p>
        <p>{words.imports.cancelLeaves}</p>
      </ConfirmDialog>
    </>
  );
}
