import { CircleAlert, CircleCheck, CircleDashed } from 'lucide-react';

import { ProgressRing } from './progress-ring';

export type Status = 'waiting' | 'working' | 'ready' | 'failed';

interface StatusMarkProps {
  status: Status;
  /** The status in words, such as "Processing, 40 %". It is the tooltip and what screen readers read. */
  label: string;
  /** How much of the work is done, 0 to 1, or null if unknown. Only for `working`. */
  progress?: number | null;
}

/** The state of a thing as one small mark: waiting, at work with a ring of progress, ready, failed. */
export function StatusMark({ status, label, progress = null }: StatusMarkProps) {
  if (status === 'working') {
    return (
      <span title={label} className="inline-flex">
        <ProgressRing label={label} value={progress} />
      </span>
    );
  }
  return (
    <span role="img" aria-label={label} title={label} className="inline-flex">
      {status === 'waiting' && <CircleDashed size={16} aria-hidden className="text-ink-soft" />}
      {status === 'ready' && <CircleCheck size={16} aria-hidden className="text-accent" />}
      {status === 'failed' && <CircleAlert size={16} aria-hidden className="text-warning" />}
    </span>
  );
}
