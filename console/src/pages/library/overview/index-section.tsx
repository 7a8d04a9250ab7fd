import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { useRef } from 'react';

import { useMay } from '@/app/session/session';
import { Badge } from '@/components/ui/feedback/badge';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { Skeleton } from '@/components/ui/feedback/skeleton';
import { type IndexId, newestMedia } from '@/pages/library/media/use-media';
import { fitTiles, gap } from '@/pages/library/sheet/geometry';
import { Tile } from '@/pages/library/sheet/tile';
import { useWidth } from '@/pages/library/sheet/use-width';
import { words } from '@/words/en';

/** The newest media that a section shows. */
const most = 24;
const leastWidth = 176;
const rows = 2;

interface IndexSectionProps {
  indexId: IndexId;
  name: string;
  isDefault?: boolean;
}

/** An index in the library: its name, and its newest media in at most two rows. */
export function IndexSection({ indexId, name, isDefault = false }: IndexSectionProps) {
  const mayChange = useMay('write') && !isDefault;
  const content = useRef<HTMLDivElement>(null);
  const { columns } = fitTiles(useWidth(content), leastWidth);
  const newest = useQuery(newestMedia(indexId, most));
  const media = newest.data?.media.slice(0, columns * rows) ?? [];
  const more = (newest.data?.more ?? false) || media.length < (newest.data?.media.length ?? 0);
  return (
    <div role="group" aria-label={name} data-index={indexId ?? 'playground'} className="flex flex-col gap-2 px-4 pb-6">
      <h2 className="flex min-w-0 items-center gap-2 text-base font-semibold">
        <SheetLink indexId={indexId} className="truncate hover:underline" text={name} />
        {isDefault && <Badge>{words.library.readOnly}</Badge>}
      </h2>
      {indexId === null && <p className="text-xs text-ink-soft">{words.library.playgroundText}</p>}
      <div ref={content}>
        {newest.isPending && <SectionSkeleton columns={columns} />}
        {newest.isError && <ProblemNotice error={newest.error} onRetry={() => void newest.refetch()} />}
        {newest.isSuccess && media.length === 0 && (
          <p className="rounded-md border border-dashed border-line-strong p-6 text-center text-ink-soft">
            {mayChange ? words.library.emptyIndex : words.library.emptyIndexReadOnly}
          </p>
        )}
        <div role="list" aria-label={words.library.newestOf(name)} className="grid" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gap }} hidden={media.length === 0}>
          {media.map((medium, place) => (
            <Tile key={medium.id} medium={medium} index={place} count={media.length} />
          ))}
        </div>
        {more && (
          <SheetLink indexId={indexId} className="mt-1 inline-flex items-center text-accent hover:underline" text={words.library.showAll(name)}>
            <ChevronRight size={16} aria-hidden />
          </SheetLink>
        )}
      </div>
    </div>
  );
}

interface SheetLinkProps {
  indexId: IndexId;
  text: string;
  className: string;
  children?: React.ReactNode;
}

function SheetLink({ indexId, text, className, children }: SheetLinkProps) {
  return indexId === null ? (
    <Link to="/playground" className={className}>
      {text}
      {children}
    </Link>
  ) : (
    <Link to="/indexes/$indexId" params={{ indexId }} className={className}>
      {text}
      {children}
    </Link>
  );
}

function SectionSkeleton({ columns }: { columns: number }) {
  return (
    <div role="status" className="grid" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gap }}>
      <span className="sr-only">{words.shell.loading}</span>
      {Array.from({ length: columns }, (_, place) => (
        <Skeleton key={place} className="aspect-video w-full" />
      ))}
    </div>
  );
}
