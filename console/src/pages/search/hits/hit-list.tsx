import { Link } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { VList, type VListHandle } from 'virtua';

import { type Shortcut, useShortcuts } from '@/app/shortcuts/registry';
import { Button } from '@/components/ui/button';
import { words } from '@/words/en';

import { HitCard, type HitContext, IndexName } from './hit-card';
import { type Hit, type HitBlock, hitBlocks } from './hit-groups';
import { type HitPicks, isPart } from './hit-picks';

interface HitListProps {
  hits: readonly Hit[];
  context: HitContext;
  byMedium: boolean;
  picks: HitPicks;
  onMore: (() => void) | null;
  isLoadingMore: boolean;
}

/** The hits, of which only those in sight are drawn. The keys j and k go to the next and the previous hit, x selects it. */
export function HitList({ hits, context, byMedium, picks, onMore, isLoadingMore }: HitListProps) {
  const blocks = useMemo(() => hitBlocks(hits, byMedium), [hits, byMedium]);
  const list = useRef<VListHandle>(null);
  const current = useCurrentHit(blocks, list, context.opens ? picks.toggle : undefined);
  return (
    <VList ref={list} aria-label={words.search.results} role="region" tabIndex={context.opens ? -1 : 0} className="h-full px-4 pb-4 outline-none">
      {blocks.map((block) => (
        <div key={block.key} role="group" className="pb-2" aria-label={block.head?.hit.video_name ?? undefined}>
          {block.head !== null && <MediumHead head={block.head} context={context} />}
          <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,26rem),1fr))] gap-2">
            {block.hits.map((hit) => (
              <HitCard key={hit.result_id} hit={hit} context={context} isCurrent={hit.result_id === current} picks={picks} />
            ))}
          </div>
        </div>
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

function MediumHead({ head, context }: { head: { hit: Hit; count: number }; context: HitContext }) {
  const name = head.hit.video_name ?? words.search.untitled;
  return (
    <h2 className="flex min-w-0 items-baseline gap-2 pt-3 pb-2 font-semibold">
      {context.opens ? (
        <Link to="/media/$videoId" params={{ videoId: head.hit.video_id }} search={{ run: head.hit.run_id, ...context.carried }} className="truncate hover:underline">
          {name}
        </Link>
      ) : (
        <span className="truncate">{name}</span>
      )}
      <IndexName hit={head.hit} context={context} />
      <span className="shrink-0 text-xs font-normal text-ink-soft">{words.search.moments(head.count)}</span>
    </h2>
  );
}

/** Return the id of the hit that j and k have reached. It is scrolled into sight. */
function useCurrentHit(
  blocks: readonly HitBlock[],
  list: React.RefObject<VListHandle | null>,
  onSelect: ((id: string) => void) | undefined,
): string | null {
  const [current, setCurrent] = useState<string | null>(null);
  const shortcuts = useMemo<Shortcut[]>(() => {
    const ids = blocks.flatMap((block) => block.hits.map((hit) => hit.result_id));
    const after = (now: string | null, step: number) => {
      const place = (now === null ? -1 : ids.indexOf(now)) + step;
      return ids[Math.min(Math.max(place, 0), ids.length - 1)] ?? null;
    };
    // Keys can come faster than pages are drawn. The focus moves before the next key is read.
    const go = (step: number) => flushSync(() => setCurrent((now) => after(now, step)));
    return [
      { keys: 'j', label: words.search.nextHit, run: () => go(1) },
      { keys: 'k', label: words.search.previousHit, run: () => go(-1) },
      ...(onSelect === undefined
        ? []
        : [
            {
              keys: 'x',
              label: words.search.selectKey,
              run: () => {
                const hit = blocks.flatMap(({ hits }) => hits).find(({ result_id }) => result_id === current);
                if (hit !== undefined && isPart(hit)) onSelect(hit.result_id);
              },
            },
          ]),
    ];
  }, [blocks, current, onSelect]);
  useShortcuts(shortcuts);
  const show = useEffectEvent((id: string) => {
    const place = blocks.findIndex((block) => block.hits.some((hit) => hit.result_id === id));
    if (place >= 0) list.current?.scrollToIndex(place, { align: 'nearest' });
  });
  useEffect(() => {
    if (current !== null) show(current);
  }, [current]);
  return current;
}
