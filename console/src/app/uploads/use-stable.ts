import { useCallback, useEffect, useRef } from 'react';

/** Return a function that stays the same and calls the newest `work`, for listeners that are registered once. */
export function useStable<Parameters extends unknown[]>(work: (...given: Parameters) => void): (...given: Parameters) => void {
  const newest = useRef(work);
  useEffect(() => {
    newest.current = work;
  });
  return useCallback((...given: Parameters) => newest.current(...given), []);
}
