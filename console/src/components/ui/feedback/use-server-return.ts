import { useEffect, useEffectEvent } from 'react';

/** How often a page asks whether the server is back, and how long it waits for the answer, in milliseconds. */
const askEvery = 3000;

/** Call `onReturn` once the server answers again. It is asked while `isAway` is true. */
export function useServerReturn(isAway: boolean, onReturn: () => void): void {
  const tell = useEffectEvent(onReturn);
  useEffect(() => {
    if (!isAway) return undefined;
    let asking = true;
    let timer = setTimeout(ask, askEvery);
    function ask() {
      fetch('/health', { cache: 'no-store', signal: AbortSignal.timeout(askEvery) }).then(
        () => {
          if (asking) tell();
        },
        () => {
          if (asking) timer = setTimeout(ask, askEvery);
        },
      );
    }
    return () => {
      asking = false;
      clearTimeout(timer);
    };
  }, [isAway]);
}
