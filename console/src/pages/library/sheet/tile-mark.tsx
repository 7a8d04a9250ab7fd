import { Check, CircleDashed, Clock, TriangleAlert } from 'lucide-react';

import type { Medium } from '@/pages/library/media/medium';
import { words } from '@/words/en';

/** The status of a medium as one small mark over its picture. */
export function TileMark({ status, progress }: Pick<Medium, 'status' | 'progress'>) {
  const label = words.library.status[status];
  return (
    <span role="img" aria-label={label} title={label} className="grid size-5 place-items-center rounded-full bg-shade/70 text-on-shade">
      <Mark status={status} progress={progress} />
    </span>
  );
}

function Mark({ status, progress }: Pick<Medium, 'status' | 'progress'>) {
  switch (status) {
    case 'not_processed':
      return <CircleDashed size={12} aria-hidden />;
    case 'processed':
      return <Check size={12} aria-hidden />;
    case 'failed':
      return <TriangleAlert size={12} aria-hidden />;
    case 'processing':
      return progress === null || progress === 0 ? <Clock size={12} aria-hidden /> : <Ring share={progress} />;
  }
}

/** A ring that fills clockwise. */
function Ring({ share }: { share: number }) {
  const length = 2 * Math.PI * 5;
  return (
    <svg viewBox="0 0 14 14" width={14} height={14} fill="none" stroke="currentColor" strokeWidth={2} aria-hidden className="-rotate-90">
      <circle cx={7} cy={7} r={5} opacity={0.35} />
      <circle cx={7} cy={7} r={5} strokeDasharray={length} strokeDashoffset={length * (1 - share)} />
    </svg>
  );
}
