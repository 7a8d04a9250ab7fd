import { useState } from 'react';
import { VList } from 'virtua';

import type { Models } from '@/api/client';
import { formatBytes } from '@/components/numbers/format';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { SegmentedControl } from '@/components/ui/forms/segmented-control';
import { standsAtFields } from '@/pages/connections/field-errors';
import { words } from '@/words/en';

import { mediaPatternOf } from './media-pattern';
import { previewOf } from './preview-files';
import { PreviewSummary } from './preview-summary';
import { requestOf, type Selection } from './selection';
import { usePreview } from './use-preview';

const { preview: text } = words.imports;

interface PreviewPanelProps {
  selection: Selection;
  /** Called with a pattern that leaves out what does not look like media. */
  onPattern: (pattern: string) => void;
}

/** What a selection would import: its files, how many they are so far, and what it leaves out. */
export function PreviewPanel({ selection, onPattern }: PreviewPanelProps) {
  return (
    <section aria-label={text.title} className="flex min-w-0 flex-col gap-3 self-start rounded-md border border-line bg-raised p-4 lg:col-start-2 lg:row-span-2 lg:row-start-1">
      <h2 className="text-base font-semibold">{text.title}</h2>
      {selection.connectorId === '' ? <p className="text-ink-soft">{text.noConnector}</p> : <Found selection={selection} onPattern={onPattern} />}
    </section>
  );
}

function Found({ selection, onPattern }: PreviewPanelProps) {
  const looks = usePreview(selection);
  const [shown, setShown] = useState<'files' | 'leftOut'>('files');
  const { data, error, hasNextPage, isFetchingNextPage } = looks;
  if (data === undefined) {
    if (error === null) return <SkeletonRows rows={6} className="h-6 w-full" />;
    // The form says what is wrong with one of its fields.
    return standsAtFields(error, ['prefix', 'pattern']) ? null : <ProblemNotice error={error} onRetry={() => void looks.refetch()} />;
  }
  const preview = previewOf(data.pages);
  const mediaPattern = mediaPatternOf(requestOf(selection).file_pattern, preview.files, !hasNextPage);
  const files = shown === 'files' ? preview.files : preview.leftOut;
  return (
    <>
      <PreviewSummary
        preview={preview}
        isComplete={!hasNextPage}
        onOnlyMedia={mediaPattern === null ? null : () => onPattern(mediaPattern)}
      />
      {preview.leftOut.length > 0 && (
        <div>
          <SegmentedControl
            label={text.show}
            value={shown}
            onChange={setShown}
            options={[
              { value: 'files', label: text.files },
              { value: 'leftOut', label: text.leftOutTab },
            ]}
          />
        </div>
      )}
      {files.length > 0 && <FileList files={files} prefix={selection.prefix} />}
      {files.length === 0 && shown === 'files' && <EmptyState title={text.none} text={text.noneText} />}
      {files.length === 0 && shown !== 'files' && <EmptyState title={text.allTaken} />}
      {error !== null && <ProblemNotice error={error} onRetry={() => void looks.fetchNextPage()} />}
      {hasNextPage && (
        <div className="flex flex-wrap items-center justify-between gap-2">
          <p className="text-xs text-ink-soft">{text.goesOn(preview.seen)}</p>
          <Button disabled={isFetchingNextPage} onClick={() => void looks.fetchNextPage()}>
            {isFetchingNextPage ? text.counting : text.countOn}
          </Button>
        </div>
      )}
    </>
  );
}

function FileList({ files, prefix }: { files: readonly Models['CloudFile'][]; prefix: string }) {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  return (
    <div className="h-72 rounded-md border border-line bg-surface">
      <VList role="list" aria-label={text.files} tabIndex={0} className="h-full">
        {files.map((file) => (
          <div key={file.path} role="listitem" className="flex h-8 items-center gap-3 px-3">
            <span className="min-w-0 flex-1 truncate" title={file.path}>
              {file.path.slice(folder.length)}
            </span>
            <span className="text-xs text-ink-soft">{formatBytes(file.size_bytes)}</span>
          </div>
        ))}
      </VList>
    </div>
  );
}
