import type { Models } from '@/api/client';
import { words } from '@/words/en';

/** Write a number, as a lower bound if the server counted only a part. */
export function countOf(count: number, isLowerBound: boolean): string {
  const text = count.toLocaleString();
  return isLowerBound ? words.system.atLeast(text) : text;
}

/** Return how many works have ended otherwise than by a failure. */
export function endedOf(work: Models['WorkCounts']): number {
  const all = Object.values(work.by_status).reduce((sum, count) => sum + count, 0);
  return all - work.waiting - work.at_work - (work.by_status.failed ?? 0);
}
