import { useCallback, useMemo, useState } from 'react';

import { momentsSource } from '@/components/cut-lists/cut-list-request';

import type { Hit } from './hit-groups';

/** The hits that the reader has selected, and the one of which a clip is made. */
export interface HitPicks {
  selected: ReadonlySet<string>;
  toggle: (id: string) => void;
  clear: () => void;
  clipOf: Hit | null;
  setClipOf: (hit: Hit | null) => void;
}

export function useHitPicks(): HitPicks {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [clipOf, setClipOf] = useState<Hit | null>(null);
  const toggle = useCallback((id: string) => setSelected((before) => toggled(before, id)), []);
  const clear = useCallback(() => setSelected(new Set()), []);
  return useMemo(() => ({ selected, toggle, clear, clipOf, setClipOf }), [selected, toggle, clear, clipOf]);
}

function toggled(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const after = new Set(before);
  if (!after.delete(id)) after.add(id);
  return after;
}

/** Return whether a hit is a part of a medium, which a cut list or a clip can have. */
export function isPart({ start_time, end_time, media_type }: Hit): boolean {
  return start_time !== null && end_time !== null && media_type !== 'image';
}

/** Return what a cut list is made of: the selected hits, or all if none is selected. Null if none of them has times. */
export function pickedHits(hits: readonly Hit[], selected: ReadonlySet<string>) {
  const chosen = hits.filter((hit) => isPart(hit) && selected.has(hit.result_id));
  const source = momentsSource((chosen.length > 0 ? chosen : hits).map((hit) => ({ ...hit, name: null })));
  return { source, selected: chosen.length };
}
