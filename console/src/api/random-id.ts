/** Make 128 random bits as text. `crypto.randomUUID` is missing on pages without TLS, as on a server in somebody's own network. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
