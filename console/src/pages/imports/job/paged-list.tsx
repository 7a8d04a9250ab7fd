import type { ReactNode } from 'react';
import { VList } from 'virtua';

import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { words } from '@/words/en';

interface Pages {
  isPending: boolean;
  error: Error | null;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  refetch: () => unknown;
  fetchNextPage: () => unknown;
}

interface PagedListProps {
  label: string;
  pages: Pages;
  /** What the list says if it has nothing. */
  empty: string;
  /** The lines, each with `role="listitem"`. */
  children: ReactNode[];
}

/** About the height of a line in pixels. A short list is as high as its lines. */
const lineHeight = 44;
const mostLines = 11;

/** Lines that come in pages. It draws only those in sight; further pages come on request. */
export function PagedList({ label, pages, empty, children }: PagedListProps) {
  if (pages.isPending) return <SkeletonRows rows={4} className="h-10 w-full" />;
  const retry = () => (children.length === 0 ? pages.refetch() : pages.fetchNextPage());
  return (
    <div className="flex flex-col gap-2">
      {children.length > 0 && (
        <div className="rounded-md border border-line" style={{ height: Math.min(children.length, mostLines) * lineHeight + 2 }}>
          <VList role="list" aria-label={label} tabIndex={0} className="h-full">
            {children}
          </VList>
        </div>
      )}
      {pages.error !== null && <ProblemNotice error={pages.error} onRetry={() => void retry()} />}
      {children.length === 0 && pages.error === null && <EmptyState title={empty} />}
      {pages.hasNextPage && (
        <Button className="self-start" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {words.imports.files.more}
        </Button>
      )}
    </div>
  );
}
