import { Badge } from '@/components/ui/feedback/badge';
import { type ImportJob, useImportFiles } from '@/pages/imports/queries';
import { words } from '@/words/en';

import { failureGroups, failureLines, type FailureGroup, ownMessage } from './file-groups';
import { PagedList } from './paged-list';

const { files: text } = words.imports;

/** The files that failed, under their reasons. */
export function FailedFiles({ job }: { job: ImportJob }) {
  const pages = useImportFiles(job, true);
  const lines = failureLines(failureGroups(pages.data?.pages.flatMap(({ items }) => items) ?? []));
  return (
    <PagedList label={text.failedList} pages={pages} empty={text.noneFailed}>
      {lines.map((line) =>
        line.kind === 'group' ? (
          <Reason key={`reason ${line.group.key}`} group={line.group} hasMore={pages.hasNextPage} />
        ) : (
          <div key={line.file.file_id} role="listitem" className="flex min-h-11 items-center gap-3 border-b border-line py-1 pr-3 pl-8">
            <span className="min-w-0 flex-1 truncate" title={line.file.path}>
              {line.file.path}
            </span>
            <span className="max-w-[60%] truncate text-xs text-ink-soft" title={ownMessage(line.file, line.group) ?? undefined}>
              {ownMessage(line.file, line.group)}
            </span>
          </div>
        ),
      )}
    </PagedList>
  );
}

function Reason({ group, hasMore }: { group: FailureGroup; hasMore: boolean }) {
  return (
    <div role="listitem" className="flex min-h-11 flex-wrap items-center gap-2 border-b border-line bg-warning-soft px-3 py-2">
      <Badge tone="warning">{text.count(group.files.length, hasMore)}</Badge>
      <span className="min-w-0 flex-1 basis-60 wrap-anywhere">{group.message ?? text.noReason}</span>
      {group.code !== null && <code className="text-xs">{group.code}</code>}
      {!group.isRetryable && <span className="basis-full text-xs">{text.notRetryable}</span>}
    </div>
  );
}
