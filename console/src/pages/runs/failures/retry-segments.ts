import type { FailedPlace } from './failure-groups';

/** How far the retries of segments are. */
export interface RetryProgress {
  total: number;
  succeeded: number;
  failed: number;
  /** The reason of the last failure, in the words of the server. */
  lastError: string | null;
}

export interface RetryRequests {
  /** Start the retry of a segment. Return its id. */
  start: (place: FailedPlace) => Promise<string>;
  /** Return the outcome of a retry, or null while it is under way. */
  outcome: (place: FailedPlace, retryId: string) => Promise<{ succeeded: boolean; error: string | null } | null>;
  /** Wait between two questions. */
  pause: () => Promise<void>;
}

const parallel = 4;

/** The outcome of a retry that goes on at the server while nobody waits for it. */
const stopped = Symbol('stopped');

/** Retry segments, a few at a time, until all have ended or `signal` is aborted. A failed retry stops no other. */
export async function retrySegments(
  places: readonly FailedPlace[],
  requests: RetryRequests,
  onProgress: (progress: RetryProgress) => void,
  signal: AbortSignal,
): Promise<RetryProgress> {
  const waiting = [...places];
  let progress: RetryProgress = { total: places.length, succeeded: 0, failed: 0, lastError: null };
  const report = (changes: Partial<RetryProgress>) => {
    progress = { ...progress, ...changes };
    onProgress(progress);
  };
  report({});
  const work = async () => {
    for (let place = waiting.shift(); place !== undefined && !signal.aborted; place = waiting.shift()) {
      const error = await retryOne(place, requests, signal);
      if (error === stopped) return;
      if (error === null) report({ succeeded: progress.succeeded + 1 });
      else report({ failed: progress.failed + 1, lastError: error });
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, places.length) }, work));
  return progress;
}

/** Retry one segment. Return null if it succeeded, or why it failed. */
async function retryOne(place: FailedPlace, { start, outcome, pause }: RetryRequests, signal: AbortSignal): Promise<string | null | typeof stopped> {
  try {
    const retryId = await start(place);
    while (!signal.aborted) {
      const ended = await outcome(place, retryId);
      if (ended !== null) return ended.succeeded ? null : (ended.error ?? '');
      await pause();
    }
    return stopped;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
