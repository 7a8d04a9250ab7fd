import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { hasEnded, type Run } from '@/pages/runs/queries';
import { type Stage, stagesOf } from '@/pages/runs/run-progress';
import { words } from '@/words/en';

const { run: text } = words.runs;

/** The progress of a run, one bar a stage. */
export function RunStages({ run }: { run: Run }) {
  const operations = text.operationFailures(run.transcription_failures, run.image_embedding_failures);
  return (
    <section aria-label={text.progress} className="flex flex-col gap-3">
      <h2 className="text-base font-semibold">{text.progress}</h2>
      {stagesOf(run)
        .filter((stage) => stage.total > 0 || (stage.name !== 'whole' && !hasEnded(run)))
        .map((stage) => (
          <StageBar key={stage.name} stage={stage} working={run.status === 'processing'} />
        ))}
      {run.total_segments === 0 && run.status === 'processing' && <p className="text-xs text-ink-soft">{text.notKnown}</p>}
      {operations !== '' && <p className="text-xs text-warning">{operations}</p>}
      {run.error_message !== null && <p className="text-warning wrap-anywhere">{run.error_message}</p>}
    </section>
  );
}

function StageBar({ stage, working }: { stage: Stage; working: boolean }) {
  const { name, done, failed, total, open } = stage;
  const known = total > 0 && !open;
  return (
    <div className="flex flex-col gap-1">
      <div className="flex justify-between gap-4">
        <span>{text.stages[name]}</span>
        <span className="text-ink-soft">
          {total > 0 && (open ? text.soFar(done) : text.stageCount(done, total))}
          {failed > 0 && <span className="text-warning">, {text.stageFailed(failed)}</span>}
        </span>
      </div>
      <ProgressBar label={text.stages[name]} value={known ? done / total : working ? null : 0} failed={failed > 0} />
    </div>
  );
}
