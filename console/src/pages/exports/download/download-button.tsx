import { Download, X } from 'lucide-react';

import { formatBytes } from '@/components/numbers/format';
import { Button } from '@/components/ui/button';
import { CodeBlock } from '@/components/ui/copying/code-block';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { downloadCommand } from '@/pages/exports/copied-calls';
import type { Export } from '@/pages/exports/queries';
import { words } from '@/words/en';

import { useDownload } from './use-download';

const { download: text } = words.exports;

/** The button that downloads an export's file, how far the download is, and what to do where the browser cannot. */
export function DownloadButton({ found }: { found: Export }) {
  const { download, start, stop } = useDownload(found);
  const size = found.file_size_bytes;
  const shownSize = size === null ? '' : formatBytes(size);
  const isRunning = download.state === 'asking' || download.state === 'receiving';
  const bytes = download.state === 'receiving' ? download.bytes : 0;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Button look="primary" onClick={start} disabled={isRunning}>
          <Download size={16} aria-hidden />
          {size === null ? text.start : text.save(shownSize)}
        </Button>
        {isRunning && (
          <Button look="quiet" onClick={stop}>
            <X size={16} aria-hidden />
            {text.stop}
          </Button>
        )}
        <span role="status" className="text-sm text-ink-soft">
          {isRunning && size !== null && text.under(formatBytes(bytes), shownSize)}
          {download.state === 'saved' && text.saved}
          {download.state === 'handed-over' && text.handedOver}
        </span>
      </div>
      {isRunning && <ProgressBar label={text.start} value={size === null || size === 0 ? null : bytes / size} />}
      {download.state === 'failed' && <ProblemNotice error={download.error} onRetry={start} />}
      {download.state === 'too-large' && (
        <>
          <p className="text-warning">{text.tooLarge(shownSize)}</p>
          <CodeBlock label={text.command} code={downloadCommand(found)} />
        </>
      )}
    </div>
  );
}
