import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Upload } from 'lucide-react';

import { indexesQuery } from '@/api/queries';
import { useMay } from '@/app/session/session';
import { requestUpload } from '@/app/upload-request';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { words } from '@/words/en';

import type { IndexId } from './media/use-media';

/** What an index without media shows: the three ways in, and the sample. */
export function EmptySheet({ indexId, isReadOnly }: { indexId: IndexId; isReadOnly: boolean }) {
  const mayChange = useMay('write') && !isReadOnly;
  const sample = useQuery(indexesQuery).data?.find((index) => index.is_default);
  return (
    <EmptyState title={words.library.emptyTitle} text={mayChange ? words.library.emptyText : words.library.emptyReadOnly}>
      {mayChange && (
        <>
          <ul className="flex flex-col gap-1 text-left text-ink-soft">
            {words.library.waysIn.map((way) => (
              <li key={way} className="list-disc">
                {way}
              </li>
            ))}
          </ul>
          <Button look="primary" onClick={() => requestUpload({ indexId })}>
            <Upload size={16} aria-hidden />
            {words.library.addMedia}
          </Button>
        </>
      )}
      {sample !== undefined && sample.index_id !== indexId && (
        <Link to="/indexes/$indexId" params={{ indexId: sample.index_id }} className="text-accent underline">
          {words.library.trySample}
        </Link>
      )}
    </EmptyState>
  );
}
