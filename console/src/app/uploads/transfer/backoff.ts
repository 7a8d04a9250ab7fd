import { ApiProblem } from '@/api/problem';

/** How often a request is tried before the upload stops. */
export const attempts = 8;
const first = 500;
const longest = 30_000;

/** The wait before the next attempt in milliseconds. `random` spreads the attempts of several parts. */
export function waitBefore(attempt: number, random: number): number {
  const full = Math.min(longest, first * 2 ** (attempt - 1));
  return Math.round(full * (0.5 + random / 2));
}

/** Whether the same request can succeed later: the network failed, or the server is busy or restarting. */
export function canRetry(error: unknown): boolean {
  if (!(error instanceof ApiProblem)) return false;
  if (error.code === 'storage_full') return false;
  return error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500;
}

/** Wait, or throw the reason of `signal` as soon as it is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Do `work` until it succeeds, fails for good, or has failed `attempts` times. */
export async function withRetries<Result>(
  work: () => Promise<Result>,
  signal: AbortSignal,
  wait: (milliseconds: number, signal: AbortSignal) => Promise<void> = pause,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !canRetry(error)) throw error;
      await wait(waitBefore(attempt, Math.random()), signal);
    }
  }
}
