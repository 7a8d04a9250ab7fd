/**
 * Make a key that lets the server recognise a repeated request. One key belongs to one intent: a second click
 * sends the same key.
 */
export function idempotencyKey(): string {
  // `crypto.randomUUID` is missing on pages without TLS, as a server in somebody's own network has.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
