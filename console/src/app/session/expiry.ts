import { useEffect, useState } from 'react';

import { endSession, useSession } from '@/app/session/session';

/** The time before the end of a key's life at which the console announces it. */
const announcement = 10 * 60_000;
/** The longest delay of a timer: browsers fire longer ones at once. */
const longestDelay = 2 ** 31 - 1;

/**
 * End the session when the life of its key ends. Return the end, as an ISO time, in the last ten minutes before
 * it; otherwise null.
 */
export function useExpiry(): string | null {
  const expiresAt = useSession()?.expiresAt ?? null;
  const [announced, setAnnounced] = useState<string | null>(null);
  useEffect(() => {
    if (expiresAt === null) return;
    const end = Date.parse(expiresAt);
    const stopAnnouncing = at(end - announcement, () => setAnnounced(expiresAt));
    const stopEnding = at(end, () => endSession('expired'));
    return () => {
      stopAnnouncing();
      stopEnding();
    };
  }, [expiresAt]);
  return announced === expiresAt ? announced : null;
}

/** Call `act` at a time. Return what cancels it. */
function at(time: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    const left = time - Date.now();
    timer = left <= longestDelay ? setTimeout(act, Math.max(0, left)) : setTimeout(wait, longestDelay);
  };
  wait();
  return () => clearTimeout(timer);
}
