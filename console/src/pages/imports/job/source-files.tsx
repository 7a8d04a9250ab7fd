import { type Status, StatusMark } from '@/components/ui/feedback/status-mark';
import { type ImportJob, type SourceFile, useImportFiles } from '@/pages/imports/queries';
import { words } from '@/words/en';

import { PagedList } from './paged-list';

const { files: text } = words.imports;

/** All files of an import in the order of their source, each with its outcome. */
export function SourceFiles({ job }: { job: ImportJob }) {
  const pages = useImportFiles(job, false);
  const files = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <PagedList label={text.allList} pages={pages} empty={text.none}>
      {files.map((file) => (
        <FileLine key={file.file_id} file={file} />
      ))}
    </PagedList>
  );
}

const marks: Record<string, Status> = { pending: 'waiting', importing: 'working', completed: 'ready', failed: 'failed', skipped: 'waiting' };

function FileLine({ file }: { file: SourceFile }) {
  const { path, status, part_count: parts, skip_reason: skipped, failure } = file;
  const message = failure?.message;
  const state = text.statuses[status] ?? status;
  const reason = skipped !== null ? (text.skipReasons[skipped] ?? skipped) : typeof message === 'string' ? message : null;
  return (
    <div role="listitem" className="flex h-11 items-center gap-3 border-b border-line px-3">
      <StatusMark status={marks[status] ?? 'waiting'} label={state} />
      <span className="min-w-0 flex-1 truncate" title={path}>
        {path}
      </span>
      <span className={`max-w-[60%] truncate text-xs ${status === 'failed' ? 'text-warning' : 'text-ink-soft'}`} title={reason ?? undefined}>
        {reason ?? (parts !== null && parts > 1 ? text.parts(parts) : state)}
      </span>
    </div>
  );
}
