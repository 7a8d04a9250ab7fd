import { useRef } from 'react';

import { Skeleton } from '@/components/ui/feedback/skeleton';
import { words } from '@/words/en';

import { fitTiles, gap } from './geometry';
import { useWidth } from './use-width';

/** The grey tiles of a sheet that loads. */
export function SheetSkeleton({ leastWidth }: { leastWidth: number }) {
  const element = useRef<HTMLDivElement>(null);
  const { columns } = fitTiles(useWidth(element), leastWidth);
  return (
    <div role="status" className="min-h-0 flex-1 overflow-hidden px-4">
      <span className="sr-only">{words.shell.loading}</span>
      <div ref={element} className="grid" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gap }}>
        {Array.from({ length: columns * 3 }, (_, place) => (
          <div key={place} className="flex flex-col gap-1">
            <Skeleton className="aspect-video w-full" />
            <Skeleton className="h-6 w-2/3" />
          </div>
        ))}
      </div>
    </div>
  );
}
