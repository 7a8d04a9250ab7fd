/**
 * Return the address to open after the sign-in, if it lies within the console; otherwise undefined.
 *
 * Browsers drop tabs and line ends from addresses and read `\` as `/`, so the check is on the parsed address.
 */
export function nextAddressOf(next: unknown, origin: string = window.location.origin): string | undefined {
  if (typeof next !== 'string' || !next.startsWith('/')) return undefined;
  const url = URL.parse(next, origin);
  if (url === null || url.origin !== origin) return undefined;
  if (url.pathname.startsWith('//') || url.pathname === '/sign-in') return undefined;
  return url.pathname + url.search + url.hash;
}
