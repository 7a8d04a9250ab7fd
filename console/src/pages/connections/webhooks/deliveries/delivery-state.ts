import type { Models } from '@/api/client';
import { pollMilliseconds, pollWhile } from '@/api/polling';
import type { Status } from '@/components/ui/feedback/status-mark';

type Delivery = Pick<Models['WebhookDelivery'], 'status' | 'next_retry_at'>;

const marks: Readonly<Record<string, Status>> = {
  pending: 'waiting',
  processing: 'working',
  retrying: 'waiting',
  delivered: 'ready',
  failed: 'failed',
};

export function markOf(delivery: Delivery): Status {
  return marks[delivery.status] ?? 'waiting';
}

/** Return whether a delivery can be sent again now: it has failed, or waits for a retry. */
export function canBeResent(delivery: Delivery): boolean {
  return delivery.status === 'failed' || delivery.status === 'retrying';
}

/**
 * Return the milliseconds after which deliveries are read again, or false while nothing can change soon. No
 * event tells of deliveries.
 */
export function pollAfter(deliveries: readonly Delivery[], now: number): number | false {
  return pollWhile(deliveries.some((delivery) => isUnderWay(delivery, now)));
}

function isUnderWay({ status, next_retry_at: next }: Delivery, now: number): boolean {
  if (status === 'retrying') return next !== null && Date.parse(next) <= now + pollMilliseconds;
  return status === 'pending' || status === 'processing';
}
