import { useQuery } from '@tanstack/react-query';
import { FolderPlus } from 'lucide-react';
import { useRef, useState } from 'react';
import { Virtualizer } from 'virtua';

import { indexesQuery } from '@/api/queries';
import { useMay } from '@/app/session/session';
import { Button } from '@/components/ui/button';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { PageHeader } from '@/components/ui/layout/page-header';
import { words } from '@/words/en';

import { DeletionNotice } from './deletion/deletion-notice';
import { useIndexDeletions } from './deletion/index-deletions';
import { CreateIndexDialog } from './overview/create-index-dialog';
import { IndexSection } from './overview/index-section';

/** All indexes and the playground, each with its newest media. */
export function LibraryPage() {
  const indexes = useQuery(indexesQuery);
  const mayWrite = useMay('write');
  const scroller = useRef<HTMLDivElement>(null);
  const [isCreating, setCreating] = useState(false);
  const deletions = useIndexDeletions();
  const own = indexes.data?.filter((index) => !index.is_default) ?? [];
  const shared = indexes.data?.filter((index) => index.is_default) ?? [];
  return (
    <div ref={scroller} className="h-full overflow-auto">
      <PageHeader
        title={words.library.title}
        detail={indexes.data === undefined ? undefined : words.library.indexCount(own.length)}
        actions={
          <>
            <CopyAs request={{ method: 'GET', path: '/api/v2/indexes' }} />
            {mayWrite && (
                <Button onClick={() => setCreating(true)}>
                  <FolderPlus size={16} aria-hidden />
                  {words.library.createIndex}
                </Button>
            )}
          </>
        }
      />
      {deletions.length > 0 && (
        <div className="flex flex-col gap-2 px-4 pb-4">
          {deletions.map((deletion) => (
            <DeletionNotice key={deletion.indexId} deletion={deletion} />
          ))}
        </div>
      )}
      {indexes.isPending && <SkeletonRows rows={3} className="h-40 w-full" />}
      {indexes.isError && (
        <div className="p-4">
          <ProblemNotice error={indexes.error} onRetry={() => void indexes.refetch()} />
        </div>
      )}
      {indexes.isSuccess && (
        <Virtualizer scrollRef={scroller} startMargin={72} bufferSize={400}>
          {own.map((index) => (
            <IndexSection key={index.index_id} indexId={index.index_id} name={index.name} />
          ))}
          <IndexSection key="playground" indexId={null} name={words.library.playground} />
          {shared.map((index) => (
            <IndexSection key={index.index_id} indexId={index.index_id} name={index.name} isDefault />
          ))}
        </Virtualizer>
      )}
      <CreateIndexDialog open={isCreating} onOpenChange={setCreating} />
    </div>
  );
}
