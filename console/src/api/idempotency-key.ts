import { randomId } from '@/api/random-id';

/**
 * Make a key that lets the server recognise a repeated request. One key belongs to one intent: a second click
 * sends the same key.
 */
export function idempotencyKey(): string {
  return randomId();
}
