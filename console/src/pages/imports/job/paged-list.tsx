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

/** A list of so many lines is drawn whole. A longer one scrolls, and draws the lines in sight. */
const shortList = 12;

/** Lines that come in pages. It draws only those in sight; further pages come on request. */
export function PagedList({ label, pages, empty, children }: PagedListProps) {
  if (pages.isPending) return <SkeletonRows rows={4} className="h-10 w-full" />;
  const retry = () => (children.length === 0 ? pages.refetch() : pages.fetchNextPage());
  return (
    <div className="flex flex-col gap-2">
      {children.length > 0 && (
        <div className="overflow-hidden rounded-md border border-line">
          {children.length <= shortList ? (
            <div role="list" aria-label={label} className="*:last:border-b-0">
              {children}
            </div>
          ) : (
            <VList role="list" aria-label={label} tabIndex={0} style={{ height: '30rem' }}>
              {children}
            </VList>
          )}
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
