import { Button } from '@/components/ui/button';
import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { words } from '@/words/en';

import type { Retry } from './use-retry';

const { failed: text } = words.runs;

/** The progress of retries, and what came of them. */
export function RetryBar({ retry }: { retry: Retry }) {
  const { progress, working, stop } = retry;
  if (progress === null) return null;
  const done = progress.succeeded + progress.failed;
  return (
    <div className="flex flex-col gap-2 rounded-md border border-line bg-raised p-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p role="status">{working ? text.retrying(done, progress.total) : text.retried(progress.succeeded, progress.failed)}</p>
        {working && <Button onClick={stop}>{text.stop}</Button>}
      </div>
      {working && <ProgressBar label={text.retry} value={done / progress.total} failed={progress.failed > 0} />}
      {progress.lastError !== null && progress.lastError !== '' && <p className="text-xs text-warning wrap-anywhere">{progress.lastError}</p>}
    </div>
  );
}
