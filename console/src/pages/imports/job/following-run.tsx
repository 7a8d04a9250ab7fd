import { Link } from '@tanstack/react-router';

import { StatusMark } from '@/components/ui/feedback/status-mark';
import type { ImportJob } from '@/pages/imports/queries';
import { words } from '@/words/en';

const { execution: text } = words.imports;

/** The run that follows an import: expected, started, or why it could not start. Nothing if none was asked for. */
export function FollowingRun({ execution }: { execution: ImportJob['execution'] }) {
  const { status, run_id: runId, error, error_code: code } = execution;
  const mark = { not_requested: 'waiting', pending: 'waiting', submitted: 'ready', blocked: 'failed' } as const;
  return (
    <section aria-label={text.title} className="flex flex-col gap-2">
      <h2 className="text-base font-semibold">{text.title}</h2>
      <p className="flex flex-wrap items-center gap-2">
        {status !== 'not_requested' && <StatusMark status={mark[status]} label={text.states[status]} />}
        <span className={status === 'not_requested' ? 'text-ink-soft' : ''}>{text.sentences[status]}</span>
        {runId != null && (
          <Link to="/runs/$runId" params={{ runId }} className="underline">
            {text.open}
          </Link>
        )}
      </p>
      {error != null && (
        <p className="text-warning wrap-anywhere">
          {error} {code != null && <code className="text-xs text-ink-soft">{code}</code>}
        </p>
      )}
    </section>
  );
}
