import { Link, useRouter } from '@tanstack/react-router';

import { useMay } from '@/app/session/session';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { isAtWork, type RunState, useMediumFailure } from '@/pages/medium/medium-data';
import { words } from '@/words/en';

import { ResultsPanel, type ResultsPanelProps } from './results-panel';
import { Note } from './segment-result';

const text = words.medium.results;

/** What a medium shows that no run has read: how results come here. */
export function NoRuns({ videoId }: { videoId: string }) {
  const mayWrite = useMay('write');
  const router = useRouter();
  const href = `/runs/new?video=${encodeURIComponent(videoId)}`;
  return (
    <EmptyState title={text.noneTitle} text={text.noneText}>
      {mayWrite && (
        <a
          href={href}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            void router.navigate({ href });
          }}
          className="inline-flex h-8 items-center rounded-md bg-accent px-3 text-sm font-medium text-accent-ink hover:opacity-90"
        >
          {text.runPrompt}
        </a>
      )}
    </EmptyState>
  );
}

interface RunResultsProps extends ResultsPanelProps {
  loading: boolean;
  error: unknown;
  onRetry: () => void;
}

/** The state of a run on the medium, and its results as far as there are any. */
export function RunResults({ loading, error, onRetry, ...panel }: RunResultsProps) {
  const { state, videoId, run, segments } = panel;
  if (error !== null) return <ProblemNotice error={error} onRetry={onRetry} />;
  if (loading) return <SkeletonRows rows={4} className="h-6 w-full" />;
  return (
    <div className="flex flex-col gap-3">
      {state !== undefined && isAtWork(state) && <AtWork state={state} />}
      {state?.status === 'failed' && <MediumFailure videoId={videoId} runId={run.run_id} />}
      {segments.length > 0 && <ResultsPanel {...panel} />}
    </div>
  );
}

function AtWork({ state }: { state: RunState }) {
  const done = state.successful_segments + state.failed_segments;
  const label = state.status === 'pending' ? text.waiting : text.atWork(done, state.total_segments);
  return (
    <div className="flex flex-col gap-1">
      <p className="text-xs text-ink-soft">{label}</p>
      <ProgressBar label={label} value={state.total_segments > 0 ? done / state.total_segments : null} />
    </div>
  );
}

function MediumFailure({ videoId, runId }: { videoId: string; runId: string }) {
  const failure = useMediumFailure(videoId, runId, true);
  return (
    <Note look="warning" title={text.failedTitle} detail={failure.data?.failure_message ?? null}>
      {failure.data?.failure_stage != null && <p className="text-xs text-ink-soft">{text.stage(failure.data.failure_stage)}</p>}
      <Link to="/runs" className="self-start underline">
        {text.openRun}
      </Link>
    </Note>
  );
}
