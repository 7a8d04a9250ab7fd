import { Link } from '@tanstack/react-router';

import type { Models } from '@/api/client';
import { formatSeconds } from '@/components/time/format';
import { type Status, StatusMark } from '@/components/ui/feedback/status-mark';
import { type ImportJob, useImportOutputs } from '@/pages/imports/queries';
import { words } from '@/words/en';

import { PagedList } from './paged-list';

const { files: text } = words.imports;

/** The media that the files of an import have become, or will become. */
export function ImportedMedia({ job }: { job: ImportJob }) {
  const pages = useImportOutputs(job);
  const outputs = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <PagedList label={text.mediaList} pages={pages} empty={text.noMedia}>
      {outputs.map((output) => (
        <OutputLine key={`${output.file_id} ${output.part_index}`} output={output} />
      ))}
    </PagedList>
  );
}

const marks: Record<string, Status> = { pending: 'waiting', completed: 'ready', failed: 'failed', deleted: 'waiting' };

function OutputLine({ output }: { output: Models['ImportOutput'] }) {
  const { title, status, video_id: videoId, part_count: parts, source_start_seconds: start, source_end_seconds: end } = output;
  const state = text.outputStatuses[status] ?? status;
  return (
    <div role="listitem" className="flex h-11 items-center gap-3 border-b border-line px-3">
      <StatusMark status={marks[status] ?? 'waiting'} label={state} />
      {status === 'completed' ? (
        <Link to="/media/$videoId" params={{ videoId }} className="min-w-0 flex-1 truncate hover:underline" title={title}>
          {title}
        </Link>
      ) : (
        <span className="min-w-0 flex-1 truncate text-ink-soft" title={title}>
          {title}
        </span>
      )}
      <span className="text-xs whitespace-nowrap text-ink-soft">
        {status !== 'completed' ? state : parts > 1 ? `${formatSeconds(start)} – ${formatSeconds(end)}` : ''}
      </span>
    </div>
  );
}
