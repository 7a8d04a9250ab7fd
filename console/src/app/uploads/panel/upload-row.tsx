import { Link } from '@tanstack/react-router';
import { FolderOpen, Pause, Play, RotateCcw, X } from 'lucide-react';

import { canRetryUpload, type UploadItem } from '@/app/uploads/upload-item';
import { uploadQueue } from '@/app/uploads/uploads';
import { formatBytes } from '@/components/numbers/format';
import { CopyButton } from '@/components/ui/copying/copy-button';
import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { StatusMark } from '@/components/ui/feedback/status-mark';
import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';


interface UploadRowProps {
  item: UploadItem;
  /** Asks for the files of uploads from before the page was loaded again. */
  onChoose: () => void;
}

/** One upload: its name, what it does now, and what can be done with it. */
export function UploadRow({ item, onChoose }: UploadRowProps) {
  return (
    <div role="listitem" aria-label={item.label} className="flex flex-col gap-1 border-b border-line px-3 py-2">
      <div className="flex items-center gap-2">
        <Mark item={item} />
        <span className="min-w-0 flex-1 truncate" title={item.label}>
          {item.videoId === undefined ? (
            item.label
          ) : (
            <Link to="/media/$videoId" params={{ videoId: item.videoId }} className="hover:underline">
              {item.label}
            </Link>
          )}
        </span>
        <Actions item={item} onChoose={onChoose} />
      </div>
      {(item.state === 'sending' || item.state === 'paused') && <ProgressBar label={item.label} value={shareOf(item)} />}
      <p className="text-xs text-ink-soft">{describe(item)}</p>
      {item.failure !== undefined && <Failure failure={item.failure} />}
    </div>
  );
}

function Failure({ failure }: { failure: NonNullable<UploadItem['failure']> }) {
  return (
    <div role="alert" className="rounded-md bg-warning-soft p-2 text-xs wrap-anywhere">
      <p>{failure.message}</p>
      {failure.requestId !== null && failure.requestId !== '' && (
        <p className="flex items-center gap-1 text-ink-soft">
          {words.shell.requestId(failure.requestId)}
          <CopyButton text={failure.requestId} />
        </p>
      )}
    </div>
  );
}

function Mark({ item }: { item: UploadItem }) {
  const label = words.uploads.state[item.state];
  switch (item.state) {
    case 'done':
      return <StatusMark status="ready" label={label} />;
    case 'failed':
      return <StatusMark status="failed" label={label} />;
    case 'sending':
      return <StatusMark status="working" label={label} progress={shareOf(item)} />;
    case 'importing':
      return <StatusMark status="working" label={label} />;
    case 'waiting':
    case 'paused':
    case 'lost':
      return <StatusMark status="waiting" label={label} />;
  }
}

function Actions({ item, onChoose }: UploadRowProps) {
  const { id, state, label } = item;
  return (
    <>
      {(state === 'sending' || state === 'waiting') && (
        <IconButton icon={Pause} label={words.uploads.pause(label)} onClick={() => uploadQueue.pause(id)} />
      )}
      {state === 'paused' && <IconButton icon={Play} label={words.uploads.resume(label)} onClick={() => uploadQueue.resume(id)} />}
      {state === 'lost' && <IconButton icon={FolderOpen} label={words.uploads.chooseAgain(label)} onClick={onChoose} />}
      {canRetryUpload(item) && (
        <IconButton icon={RotateCcw} label={words.uploads.retry(label)} onClick={() => uploadQueue.resume(id)} />
      )}
      {state !== 'importing' && (
        <IconButton
          icon={X}
          label={state === 'done' || state === 'failed' ? words.uploads.dismiss(label) : words.uploads.cancel(label)}
          onClick={() => uploadQueue.remove(id)}
        />
      )}
    </>
  );
}

function shareOf({ file, sent }: UploadItem): number {
  return file === undefined ? 0 : sent / file.size;
}

function describe(item: UploadItem): string {
  const state = words.uploads.state[item.state];
  if (item.file === undefined) return state;
  if (item.state === 'sending' || item.state === 'paused') {
    return words.uploads.sent(state, formatBytes(item.sent), formatBytes(item.file.size));
  }
  return `${state}, ${formatBytes(item.file.size)}`;
}
