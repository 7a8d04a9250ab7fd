import { useSyncExternalStore } from 'react';

import type { Playback } from '@/components/player/playback';

/** Return a value of the playback. The component is drawn again only when the value changes: use primitives. */
export function usePlayback<Value extends string | number | boolean | null>(
  playback: Playback,
  select: (playback: Playback) => Value,
): Value {
  return useSyncExternalStore(playback.subscribe, () => select(playback));
}
