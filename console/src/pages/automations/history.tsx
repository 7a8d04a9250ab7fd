import { Link } from '@tanstack/react-router';

import { formatDateTime } from '@/components/time/format';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { type Status, StatusMark } from '@/components/ui/feedback/status-mark';
import { words } from '@/words/en';

import { describeResult } from './describe';
import type { Automation, AutomationResult } from './queries';

/** What an automation did, and why it did nothing, newest first. */
export function History({ automation }: { automation: Automation }) {
  const results = automation.history;
  return (
    <section aria-label={words.automations.history} className="flex min-w-0 flex-col gap-2">
      <h3 className="text-base font-semibold">{words.automations.history}</h3>
      {results.length === 0 && <EmptyState title={words.automations.noHistory} text={words.automations.noResult[automation.kind]} />}
      <ol className="flex flex-col">
        {results.map((result) => (
          <Result key={`${result.at} ${result.action}`} result={result} />
        ))}
      </ol>
    </section>
  );
}

const marks: Record<AutomationResult['action'], Status> = {
  import_started: 'ready',
  run_started: 'ready',
  run_blocked: 'failed',
  export_started: 'waiting',
  export_blocked: 'failed',
  export_delivered: 'ready',
  export_failed: 'failed',
  nothing: 'waiting',
};

function Result({ result }: { result: AutomationResult }) {
  const { action, at, times, code, import_job_id: job, run_id: run, export_id: exportId } = result;
  return (
    <li className="flex items-start gap-3 border-b border-line py-3">
      <span className="mt-0.5">
        <StatusMark status={marks[action]} label={words.automations.actions[action]} />
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="wrap-anywhere">{describeResult(result)}</p>
        <p className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-ink-soft">
          <time dateTime={at} title={at}>
            {formatDateTime(at)}
          </time>
          {times > 1 && <span>{words.automations.times(times, formatDateTime(result.first_at))}</span>}
          {code !== null && <code>{code}</code>}
          {job !== null && (
            <Link to="/imports/$jobId" params={{ jobId: job }} className="underline hover:text-ink">
              {words.automations.openImport}
            </Link>
          )}
          {exportId !== null && (
            <Link to="/exports/$exportId" params={{ exportId }} className="underline hover:text-ink">
              {words.automations.openExport}
            </Link>
          )}
          {run !== null && (
            <Link to="/runs/$runId" params={{ runId: run }} className="underline hover:text-ink">
              {words.imports.execution.open}
            </Link>
          )}
        </p>
      </div>
    </li>
  );
}
