import { ChevronDown, ChevronUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { VList } from 'virtua';

import { fromInput } from '@/app/uploads/picked-files';
import { canRetryUpload, inPanelOrder, isUnderWay, sumOf, type UploadItem } from '@/app/uploads/upload-item';
import { uploadQueue } from '@/app/uploads/uploads';
import { Button } from '@/components/ui/button';
import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';

import { UploadRow } from './upload-row';

interface UploadPanelProps {
  items: readonly UploadItem[];
  /** Whether the library is open. On other pages the panel shrinks to its head, so that it covers no form. */
  inLibrary: boolean;
}

/** The uploads of this tab above the page, with their progress. */
export function UploadPanel({ items, inLibrary }: UploadPanelProps) {
  const [isOpen, setOpen] = useState(inLibrary);
  const [wasInLibrary, setWasInLibrary] = useState(inLibrary);
  if (wasInLibrary !== inLibrary) {
    setWasInLibrary(inLibrary);
    setOpen(inLibrary);
  }
  const picker = useRef<HTMLInputElement>(null);
  const { open, importing, failed, share } = sumOf(items);
  const lost = items.filter(({ state }) => state === 'lost').length;
  const choose = () => picker.current?.click();
  return (
    <section
      aria-label={words.uploads.title}
      className="fixed inset-x-2 bottom-16 z-20 flex flex-col rounded-md border border-line-strong bg-surface text-sm sm:left-auto sm:w-96 md:right-4 md:bottom-4"
    >
      <header className="flex items-center gap-2 p-2 pl-3">
        <h2 className="min-w-0 flex-1 truncate font-semibold">
          <span role="status">
            {open + importing === 0
              ? words.uploads.ended(items.length - failed, failed)
              : [
                  ...(open > 0 ? [words.uploads.underWay(open, Math.floor(share * 100))] : []),
                  ...(importing > 0 ? [words.uploads.importing(importing)] : []),
                ].join(', ')}
          </span>
        </h2>
        <IconButton
          icon={isOpen ? ChevronDown : ChevronUp}
          label={isOpen ? words.uploads.collapse : words.uploads.expand}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
      </header>
      {open > 0 && <ProgressBar label={words.uploads.title} value={share} />}
      {isOpen && (
        <>
          {lost > 0 && (
            <div className="flex flex-col items-start gap-2 border-b border-line bg-raised p-3">
              <p>{words.uploads.lostText(lost)}</p>
              <Button onClick={choose}>{words.uploads.chooseLost(lost)}</Button>
            </div>
          )}
          <Rows items={inPanelOrder(items)} onChoose={choose} />
          <footer className="flex flex-wrap justify-end gap-2 p-2">
            <QueueActions items={items} />
          </footer>
        </>
      )}
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label={words.uploads.chooseLost(lost)}
        onChange={(event) => {
          if (event.target.files !== null) uploadQueue.add(fromInput(event.target.files).files, null);
          event.target.value = '';
        }}
      />
    </section>
  );
}

function Rows({ items, onChoose }: { items: readonly UploadItem[]; onChoose: () => void }) {
  const rows = (some: readonly UploadItem[]) => some.map((item) => <UploadRow key={item.id} item={item} onChoose={onChoose} />);
  if (items.length <= 20) {
    return (
      <div role="list" aria-label={words.uploads.title} tabIndex={0} className="max-h-64 overflow-auto border-t border-line">
        {rows(items)}
      </div>
    );
  }
  return (
    <VList role="list" aria-label={words.uploads.title} tabIndex={0} className="border-t border-line" style={{ height: 256 }}>
      {rows(items)}
    </VList>
  );
}

function QueueActions({ items }: { items: readonly UploadItem[] }) {
  const sending = items.filter((item) => isUnderWay(item) && item.state !== 'importing');
  const paused = items.filter(({ state }) => state === 'paused');
  const failed = items.filter(canRetryUpload);
  const each = (some: readonly UploadItem[], work: (id: string) => void) => () => {
    for (const { id } of some) work(id);
  };
  return (
    <>
      {sending.length > 1 && <Button onClick={each(sending, (id) => uploadQueue.pause(id))}>{words.uploads.pauseAll}</Button>}
      {paused.length > 1 && <Button onClick={each(paused, (id) => uploadQueue.resume(id))}>{words.uploads.resumeAll}</Button>}
      {failed.length > 1 && <Button onClick={each(failed, (id) => uploadQueue.resume(id))}>{words.uploads.retryAll}</Button>}
      {items.some(({ state }) => state === 'done') && <Button onClick={() => uploadQueue.removeDone()}>{words.uploads.removeDone}</Button>}
      {items.some(({ state }) => state === 'failed') && <Button onClick={() => uploadQueue.removeFailed()}>{words.uploads.removeFailed}</Button>}
    </>
  );
}
