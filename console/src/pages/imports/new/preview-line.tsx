import { formatBytes } from '@/components/numbers/format';
import { words } from '@/words/en';

import { previewOf } from './preview-files';
import type { Selection } from './selection';
import { usePreview } from './use-preview';
import { useSettled } from './use-settled';

const { preview: text } = words.imports;

/** What a selection takes now, in one line. The form says what is wrong with its fields when it is sent. */
export function PreviewLine({ selection }: { selection: Selection }) {
  const { data, hasNextPage } = usePreview(useSettled(selection));
  if (data === undefined) return null;
  const { files, bytes, leftOut, doubtful, unreadable, seen } = previewOf(data.pages);
  return (
    <p role="status" className="text-ink-soft">
      {text.now(text.count(files.length, hasNextPage), formatBytes(bytes))} {leftOut.length > 0 && text.leftOut(leftOut.length, seen)}{' '}
      {unreadable.length > 0 && text.unreadable(unreadable.length)} {doubtful.length > 0 && text.doubtful(doubtful.length)}
    </p>
  );
}
