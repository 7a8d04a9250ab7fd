import { formatBytes } from '@/components/numbers/format';
import { words } from '@/words/en';

import type { Preview } from './preview-files';

const { preview: text } = words.imports;

/** How many files a selection takes, how large they are, and how many it leaves out. */
export function PreviewSummary({ preview, isComplete }: { preview: Preview; isComplete: boolean }) {
  const { files, bytes, largest, leftOut, doubtful, unreadable, seen } = preview;
  return (
    <div role="status" className="flex flex-col gap-1">
      <p className="text-lg font-semibold">{text.count(files.length, !isComplete)}</p>
      {files.length > 0 && <p className="text-ink-soft">{text.size(formatBytes(bytes), formatBytes(largest), !isComplete)}</p>}
      {leftOut.length > 0 && <p className="text-ink-soft">{text.leftOut(leftOut.length, seen)}</p>}
      {unreadable.length > 0 && <p className="text-warning">{text.unreadable(unreadable.length)}</p>}
      {doubtful.length > 0 && <p className="text-warning">{text.doubtful(doubtful.length)}</p>}
    </div>
  );
}
