import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import type { Models } from '@/api/client';
import { formatDateTime } from '@/components/time/format';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { latestRunsQuery, newestRuns } from '@/pages/prompts/queries';
import { words } from '@/words/en';

const { usage } = words.prompts;

/** The runs that used a prompt: those since its last change, and those of earlier versions. */
export function UsagePanel({ prompt }: { prompt: Models['Prompt'] }) {
  const runs = useQuery(latestRunsQuery);
  const used = (runs.data ?? []).filter((run) => run.prompt_id === prompt.prompt_id);
  const current = used.filter((run) => run.executed_at >= prompt.updated_at);
  const earlier = used.filter((run) => run.executed_at < prompt.updated_at);
  const changed = formatDateTime(prompt.updated_at);
  return (
    <section aria-label={usage.title} className="flex flex-col gap-3">
      <header>
        <h2 className="text-base font-semibold">{usage.title}</h2>
        <p className="text-xs text-ink-soft">{usage.intro}</p>
      </header>
      {runs.isError && <ProblemNotice error={runs.error} onRetry={() => void runs.refetch()} />}
      {runs.isSuccess && used.length === 0 && <p className="text-ink-soft">{usage.unused}</p>}
      <RunList title={usage.current} detail={usage.since(changed)} runs={current} />
      <RunList title={usage.earlier} detail={usage.before(changed)} runs={earlier} />
      {runs.data?.length === newestRuns && <p className="text-xs text-ink-soft">{usage.newest(newestRuns)}</p>}
    </section>
  );
}

function RunList({ title, detail, runs }: { title: string; detail: string; runs: readonly Models['PromptRunWire'][] }) {
  if (runs.length === 0) return null;
  return (
    <div className="flex flex-col gap-1">
      <h3 className="text-sm font-medium">
        {title} <span className="font-normal text-ink-soft">{detail}</span>
      </h3>
      <ul className="flex max-h-64 flex-col overflow-y-auto">
        {runs.map((run) => (
          <li key={run.run_id} className="border-b border-line">
            <Link to="/runs/$runId" params={{ runId: run.run_id }} className="flex justify-between gap-4 px-2 py-2 hover:bg-raised">
              <span>{formatDateTime(run.executed_at)}</span>
              <span className="text-ink-soft">{words.runs.statuses[run.status]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
