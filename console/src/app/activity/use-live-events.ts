import { useEffect } from 'react';

import { queryClient } from '@/api/query-client';
import { indexesQuery } from '@/api/queries';
import { forgetActivities, loadActivities, noteEvent } from '@/app/activity/activity-store';
import { rememberIndexNames } from '@/app/activity/kinds/index-names';
import { setStreamState } from '@/app/activity/stream-state';
import { Collector, liveResources, staleKeysOf } from '@/app/activity/stream/invalidation';
import type { StreamEvent } from '@/app/activity/stream/event';
import { followStream } from '@/app/activity/stream/live-stream';
import { endRefusedSession, useMay, useSession } from '@/app/session/session';

/** Keep what the console shows up to date by the live stream, while there is a session that may read. */
export function useLiveEvents(): void {
  const key = useSession()?.key ?? null;
  const mayRead = useMay('read');
  useEffect(() => {
    if (key === null || !mayRead) return;
    const controller = new AbortController();
    const forgetIndexNames = rememberIndexNames();
    const collector = new Collector((keys) => {
      for (const queryKey of keys) void queryClient.invalidateQueries({ queryKey });
    });
    void followStream(key, controller.signal, {
      onEvent: (event) => {
        noteEvent(event);
        collector.add(staleKeysOf(event));
        if (isInNewIndex(event)) collector.add([indexesQuery.queryKey]);
      },
      onState: setStreamState,
      onGap: () => {
        void loadActivities();
        void queryClient.invalidateQueries({
          predicate: ({ queryKey, state }) => liveResources.includes(queryKey[0]) && state.dataUpdatedAt > 0,
        });
      },
      onRefused: () => endRefusedSession(key),
    });
    return () => {
      controller.abort();
      collector.stop();
      forgetIndexNames();
      forgetActivities();
      setStreamState('off');
    };
  }, [key, mayRead]);
}

/** Return whether an event tells of an index that the list does not have. No event tells of new indexes. */
function isInNewIndex({ type, indexId }: StreamEvent): boolean {
  const indexes = queryClient.getQueryData(indexesQuery.queryKey);
  if (indexId === null || indexes === undefined || type.startsWith('deletion.')) return false;
  return !indexes.some(({ index_id: id }) => id === indexId);
}
