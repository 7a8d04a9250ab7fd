import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Ban, FileOutput, RotateCcw } from 'lucide-react';
import { useState } from 'react';

import { api, unwrap } from '@/api/client';
import { useMay } from '@/app/session/session';
import { formatDateTime } from '@/components/time/format';
import { Button } from '@/components/ui/button';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { StatusMark } from '@/components/ui/feedback/status-mark';
import { BackLink } from '@/components/ui/layout/back-link';
import { PageHeader } from '@/components/ui/layout/page-header';
import { linkLook } from '@/components/ui/link-look';
import { ConfirmDialog } from '@/components/ui/overlays/confirm-dialog';
import { formatDuration } from '@/pages/runs/duration';
import { hasEnded, type Run, runQuery } from '@/pages/runs/queries';
import { markOf, progressOf, secondsOf } from '@/pages/runs/run-progress';
import type { NewRunSearch } from '@/pages/runs/run-search';
import { targetOf } from '@/pages/runs/run-target';
import { TargetName } from '@/pages/runs/target-name';
import { words } from '@/words/en';

const { run: text } = words.runs;
/** An address holds so many ids of media. A run of more of them cannot be offered again by a link. */
const longestTarget = 50;

/** The head of a run: its prompt, its status, and what can be done with it. */
export function RunHeader({ run }: { run: Run }) {
  const mayWrite = useMay('write');
  const again = repeated(run);
  const seconds = hasEnded(run) ? secondsOf(run, 0) : null;
  return (
    <PageHeader
      title={run.prompt_name}
      above={<BackLink path="/runs" label={words.runs.back} />}
      detail={
        <span role="status" className="flex flex-wrap items-center gap-2">
          <StatusMark status={markOf(run.status)} label={words.runs.statuses[run.status]} progress={progressOf(run)} />
          <span>{words.runs.statuses[run.status]}</span>
          <span>
            <TargetName run={run} />
          </span>
          <span title={run.started_at ?? run.executed_at}>
            {run.started_at === null ? text.waitingSince(formatDateTime(run.executed_at)) : text.started(formatDateTime(run.started_at))}
          </span>
          {seconds !== null && <span>{words.runs.took(formatDuration(seconds))}</span>}
        </span>
      }
      actions={
        <>
          <CopyAs request={{ method: 'GET', path: `/api/v2/prompt-runs/${run.run_id}` }} />
          {mayWrite && again !== null && hasEnded(run) && (
            <Link
              to="/runs/new"
              search={again}
              className={linkLook}
            >
              <RotateCcw size={16} aria-hidden />
              {text.again}
            </Link>
          )}
          {mayWrite && hasEnded(run) && (
            <Link to="/exports/new" search={{ run: run.run_id }} className={linkLook}>
              <FileOutput size={16} aria-hidden />
              {words.exports.entry}
            </Link>
          )}
          {mayWrite && !hasEnded(run) && <CancelRun run={run} />}
        </>
      }
    />
  );
}

function CancelRun({ run }: { run: Run }) {
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const cancelling = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v2/prompt-runs/{run_id}/cancel', { params: { path: { run_id: run.run_id } } })),
    onSuccess: (changed) => {
      client.setQueryData(runQuery(run.run_id).queryKey, changed);
      setAsked(false);
    },
  });
  if (run.stop_state.requested_at !== null) return <p className="text-ink-soft">{text.cancelling}</p>;
  return (
    <>
      <Button look="danger" onClick={() => setAsked(true)}>
        <Ban size={16} aria-hidden />
        {text.cancel}
      </Button>
      <ConfirmDialog
        open={asked}
        onOpenChange={setAsked}
        title={text.cancelQuestion}
        confirmLabel={text.cancel}
        dismissLabel={text.goOn}
        pending={cancelling.isPending}
        error={cancelling.error}
        onConfirm={() => cancelling.mutate()}
      >
        {text.cancelText}
      </ConfirmDialog>
    </>
  );
}

function repeated(run: Run): NewRunSearch | null {
  const target = targetOf(run);
  const prompt = run.prompt_id;
  if (target.kind === 'index') return { index: target.indexId, prompt };
  if (target.kind === 'playground') return { playground: true, prompt };
  if (target.kind === 'import') return null;
  return target.count <= longestTarget ? { video: target.videoIds, prompt } : null;
}
