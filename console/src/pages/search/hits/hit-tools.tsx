import { Scissors } from 'lucide-react';

import { useMay } from '@/app/session/session';
import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';

import type { HitContext } from './hit-card';
import type { Hit } from './hit-groups';
import { type HitPicks, isPart } from './hit-picks';
import { timesOf } from './hit-times';

interface HitToolsProps {
  hit: Hit;
  context: HitContext;
  picks: HitPicks;
}

const onHover = 'not-focus-visible:opacity-0 group-hover:opacity-100 pointer-coarse:opacity-100';

/** What can be done with a hit, over its picture: select it, make a clip of it. */
export function HitTools({ hit, context, picks }: HitToolsProps) {
  const mayWrite = useMay('write');
  const { source_index_id: index } = hit;
  if (!isPart(hit)) return null;
  const mayClip = mayWrite && (index === null || !context.unchangeable.has(index));
  const isSelected = picks.selected.has(hit.result_id);
  const place = `${hit.video_name ?? words.search.untitled}, ${timesOf(hit)}`;
  return (
    <span className="pointer-events-none absolute top-3 left-3 flex items-center gap-1">
      <input
        type="checkbox"
        checked={isSelected}
        aria-label={words.search.selectHit(place)}
        tabIndex={-1}
        onChange={() => picks.toggle(hit.result_id)}
        className={`pointer-events-auto size-5 accent-accent ${isSelected ? '' : onHover}`}
      />
      {mayClip && (
        <IconButton
          icon={Scissors}
          look="secondary"
          label={words.clips.makeOf(place)}
          className={`pointer-events-auto ${onHover}`}
          onClick={() => picks.setClipOf(hit)}
        />
      )}
    </span>
  );
}
