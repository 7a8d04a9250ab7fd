import { Link } from '@tanstack/react-router';
import { Play } from 'lucide-react';

import { words } from '@/words/en';

import type { Medium } from './media/medium';
import type { IndexId } from './media/use-media';
import { mostInAddress } from './selection-actions';

interface UnprocessedNoticeProps {
  indexId: IndexId;
  media: readonly Medium[];
}

/** How many media cannot be searched yet, and the run that changes it. It is not drawn while there are none. */
export function UnprocessedNotice({ indexId, media }: UnprocessedNoticeProps) {
  const unprocessed = media.filter(({ status }) => status === 'not_processed').map(({ id }) => id);
  if (unprocessed.length === 0) return null;
  const isPart = unprocessed.length < media.length && unprocessed.length <= mostInAddress;
  const whole = indexId === null ? { playground: true as const } : { index: indexId };
  return (
    <p className="mx-4 mb-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md border border-line bg-raised px-3 py-2">
      <span className="min-w-0 flex-1 basis-64">{words.library.unprocessed(unprocessed.length)}</span>
      <Link
        to="/runs/new"
        search={isPart ? { video: unprocessed } : whole}
        className="inline-flex h-8 items-center gap-2 rounded-md bg-accent px-3 font-medium text-accent-ink hover:opacity-90"
      >
        <Play size={16} aria-hidden />
        {words.library.makeSearchable}
      </Link>
    </p>
  );
}
