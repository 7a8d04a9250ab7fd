import { formatBytes } from '@/components/numbers/format';
import { Button } from '@/components/ui/button';
import { words } from '@/words/en';

import type { Preview } from './preview-files';

const { preview: text } = words.imports;

interface PreviewSummaryProps {
  preview: Preview;
  isComplete: boolean;
  /** Leaves out what does not look like media. Null: the pattern does not permit that. */
  onOnlyMedia: (() => void) | null;
}

/** How many files a selection takes, how large they are, and how many it leaves out. */
export function PreviewSummary({ preview, isComplete, onOnlyMedia }: PreviewSummaryProps) {
  const { files, bytes, largest, leftOut, doubtful, unreadable, seen } = preview;
  return (
    <div className="flex flex-col gap-1">
      <div role="status" className="flex flex-col gap-1">
        <p className="text-lg font-semibold">{text.count(files.length, !isComplete)}</p>
        {files.length > 0 && <p className="text-ink-soft">{text.size(formatBytes(bytes), formatBytes(largest), !isComplete)}</p>}
        {leftOut.length > 0 && <p className="text-ink-soft">{text.leftOut(leftOut.length, seen)}</p>}
        {unreadable.length > 0 && <p className="text-warning">{text.unreadable(unreadable.length)}</p>}
        {doubtful.length > 0 && <p className="text-warning">{text.doubtful(doubtful.length)}</p>}
      </div>
      {doubtful.length > 0 && onOnlyMedia !== null && (
        <Button className="self-start" onClick={onOnlyMedia}>
          {text.onlyMedia}
        </Button>
      )}
    </div>
  );
}
