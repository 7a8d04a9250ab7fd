import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Cable, Link as LinkIcon, type LucideIcon, Upload } from 'lucide-react';

import { indexesQuery } from '@/api/queries';
import { useMay } from '@/app/session/session';
import { requestUpload, type UploadWay } from '@/app/upload-request';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { words } from '@/words/en';

import type { IndexId } from './media/use-media';

const ways: readonly { way: UploadWay; icon: LucideIcon }[] = [
  { way: 'files', icon: Upload },
  { way: 'address', icon: LinkIcon },
  { way: 'connector', icon: Cable },
];

/** What an index without media shows: the three ways in, and the sample. */
export function EmptySheet({ indexId, isReadOnly }: { indexId: IndexId; isReadOnly: boolean }) {
  const mayChange = useMay('write') && !isReadOnly;
  const sample = useQuery(indexesQuery).data?.find((index) => index.is_default);
  return (
    <EmptyState title={words.library.emptyTitle} text={mayChange ? words.library.emptyText : words.library.emptyReadOnly}>
      {mayChange && (
        <ul className="flex w-full flex-col gap-2">
          {ways.map(({ way, icon: Icon }) => (
            <li key={way}>
              <button
                type="button"
                onClick={() => requestUpload({ indexId, way })}
                className="flex w-full items-center gap-4 rounded-md border border-line-strong p-4 text-left hover:bg-raised"
              >
                <Icon size={20} aria-hidden className="shrink-0 text-accent" />
                <span className="flex flex-col">
                  <span className="font-medium">{words.library.waysIn[way].action}</span>
                  <span className="text-ink-soft">{words.library.waysIn[way].text}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {sample !== undefined && sample.index_id !== indexId && (
        <Link to="/indexes/$indexId" params={{ indexId: sample.index_id }} className="text-accent underline">
          {words.library.trySample}
        </Link>
      )}
    </EmptyState>
  );
}
