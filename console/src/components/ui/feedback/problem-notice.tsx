import { ApiProblem } from '@/api/problem';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copying/copy-button';
import { words } from '@/words/en';

import { useServerReturn } from './use-server-return';

interface ProblemNoticeProps {
  error: unknown;
  /** Repeats what failed. Without it the notice has no button. */
  onRetry?: () => void;
}

/**
 * An error at the place where it happened: the sentence of the server, its fields, and the request id. What failed
 * because the server could not be reached is repeated as soon as the server answers.
 */
export function ProblemNotice({ error, onRetry }: ProblemNoticeProps) {
  const problem = error instanceof ApiProblem ? error : null;
  const repeats = problem?.status === 0 && onRetry !== undefined;
  useServerReturn(repeats, () => onRetry?.());
  return (
    <div role="alert" className="flex flex-col gap-2 rounded-md border border-warning bg-warning-soft p-3 text-sm">
      <p className="wrap-anywhere">{error instanceof Error ? error.message : String(error)}</p>
      {repeats && <p>{words.shell.triesAgain}</p>}
      {problem !== null && problem.fields.length > 0 && (
        <ul className="list-disc pl-5">
          {problem.fields.map(({ field, message }) => (
            <li key={`${field} ${message}`}>
              <code>{field}</code>: {message}
            </li>
          ))}
        </ul>
      )}
      {problem?.requestId != null && (
        <div className="flex items-center gap-1 text-xs text-ink-soft">
          <p className="select-all wrap-anywhere">{words.shell.requestId(problem.requestId)}</p>
          <CopyButton text={problem.requestId} label={words.shell.copyRequestId} />
        </div>
      )}
      {onRetry !== undefined && (
        <Button className="self-start" onClick={onRetry}>
          {words.shell.tryAgain}
        </Button>
      )}
    </div>
  );
}
