import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { VList, type VListHandle } from 'virtua';

import { Button } from '@/components/ui/button';
import { HitCard, type HitContext } from '@/pages/search/hit-card';
import { type Hit, type HitBlock, hitBlocks } from '@/pages/search/hit-groups';
import { isTyping } from '@/pages/search/search-box';
import { words } from '@/words/en';

interface HitListProps {
  hits: readonly Hit[];
  context: HitContext;
  byMedium: boolean;
  onMore: (() => void) | null;
  isLoadingMore: boolean;
}

/** The hits, of which only those in sight are drawn. The keys j and k go to the next and the previous hit. */
export function HitList({ hits, context, byMedium, onMore, isLoadingMore }: HitListProps) {
  const blocks = useMemo(() => hitBlocks(hits, byMedium), [hits, byMedium]);
  const list = useRef<VListHandle>(null);
  const current = useCurrentHit(blocks, list);
  return (
    <VList ref={list} aria-label={words.search.results} role="region" tabIndex={-1} className="h-full px-4 pb-4 outline-none">
      {blocks.map((block) => (
        <section key={block.key} className="pb-2" aria-label={block.head?.hit.video_name ?? undefined}>
          {block.head !== null && <MediumHead head={block.head} opens={context.opens} />}
          <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,26rem),1fr))] gap-2">
            {block.hits.map((hit) => (
              <HitCard key={hit.result_id} hit={hit} context={context} isCurrent={hit.result_id === current} />
            ))}
          </div>
        </section>
      ))}
      {onMore !== null && (
        <div key="more" className="flex justify-center py-4">
          <Button onClick={onMore} disabled={isLoadingMore}>
            {words.search.showMore}
          </Button>
        </div>
      )}
    </VList>
  );
}

function MediumHead({ head, opens }: { head: { hit: Hit; count: number }; opens: boolean }) {
  const name = head.hit.video_name ?? words.search.untitled;
  return (
    <h2 className="flex min-w-0 items-baseline gap-2 pt-3 pb-2 font-semibold">
      {opens ? (
        <Link to="/media/$videoId" params={{ videoId: head.hit.video_id }} search={{ run: head.hit.run_id }} className="truncate hover:underline">
          {name}
        </Link>
      ) : (
        <span className="truncate">{name}</span>
      )}
      <span className="shrink-0 text-xs font-normal text-ink-soft">{words.search.moments(head.count)}</span>
    </h2>
  );
}

/** Return the id of the hit that j and k have reached. It is scrolled into sight. */
function useCurrentHit(blocks: readonly HitBlock[], list: React.RefObject<VListHandle | null>): string | null {
  const [current, setCurrent] = useState<string | null>(null);
  useEffect(() => {
    const places = blocks.flatMap((block, place) => block.hits.map((hit) => ({ id: hit.result_id, place })));
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key !== 'j' && event.key !== 'k') return;
      const at = places.findIndex(({ id }) => id === current);
      const next = places[event.key === 'j' ? Math.min(at + 1, places.length - 1) : Math.max(at - 1, 0)];
      if (next === undefined) return;
      event.preventDefault();
      list.current?.scrollToIndex(next.place, { align: 'nearest' });
      setCurrent(next.id);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [blocks, current, list]);
  return current;
}
