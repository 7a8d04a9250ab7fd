import { formatDateTime } from '@/components/time/format';
import { StatusMark } from '@/components/ui/feedback/status-mark';
import { Select } from '@/components/ui/forms/select';
import { isAtWork, type Run, type RunState } from '@/pages/medium/medium-data';
import { words } from '@/words/en';

const text = words.medium.results;
const nothing = '';

interface RunPickersProps {
  runs: readonly Run[];
  run: Run;
  state: RunState | undefined;
  compare: Run | undefined;
  onRun: (runId: string) => void;
  onCompare: (runId: string | undefined) => void;
}

/** The choice of a run, and of another one to compare it with. */
export function RunPickers({ runs, run, state, compare, onRun, onCompare }: RunPickersProps) {
  const others = runs.filter(({ run_id }) => run_id !== run.run_id);
  const options = runs.map((each) => ({ value: each.run_id, label: runName(each) }));
  return (
    <div className="grid grid-cols-[auto_minmax(0,1fr)_1rem] items-center gap-x-3 gap-y-2">
      <span aria-hidden className="text-ink-soft">
        {text.run}
      </span>
      <Select label={text.run} hideLabel value={run.run_id} onChange={onRun} options={options} />
      {state === undefined ? <span /> : <RunMark state={state} />}
      {others.length > 0 && (
        <>
          <span aria-hidden className="text-ink-soft">
            {text.compare}
          </span>
          <Select
            label={text.compare}
            hideLabel
            value={compare?.run_id ?? nothing}
            onChange={(value) => onCompare(value === nothing ? undefined : value)}
            options={[{ value: nothing, label: text.noComparison }, ...others.map((each) => ({ value: each.run_id, label: runName(each) }))]}
          />
        </>
      )}
    </div>
  );
}

/** The name of a run in a list. The time stands first: runs of one prompt differ in it. */
export function runName(run: Run): string {
  return `${formatDateTime(run.executed_at)}, ${run.prompt_name}`;
}

function RunMark({ state }: { state: RunState }) {
  const label = text.states[state.status] ?? state.status;
  if (isAtWork(state)) {
    const done = state.successful_segments + state.failed_segments;
    const progress = state.total_segments > 0 ? done / state.total_segments : null;
    return <StatusMark status={state.status === 'pending' ? 'waiting' : 'working'} label={label} progress={progress} />;
  }
  return <StatusMark status={state.status === 'completed' ? 'ready' : 'failed'} label={label} />;
}
