import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/api/client';

/** How long before its end a link is renewed, in milliseconds. */
const margin = 5 * 60_000;

/** Return a link that opens a stored file without a key, and renew it before it expires. */
export function useMediaLink(uri: string | null) {
  return useQuery({
    queryKey: ['media-link', uri],
    enabled: uri !== null,
    queryFn: ({ signal }) => signedLink(uri ?? '', signal),
    staleTime: ({ state }) => renewIn(state.data?.expires_at, state.dataUpdatedAt),
    refetchInterval: ({ state }) => (state.data === undefined ? false : renewIn(state.data.expires_at, Date.now())),
    gcTime: 60_000,
  });
}

async function signedLink(uri: string, signal: AbortSignal) {
  const body = { gcs_uri: uri, force_refresh: false };
  const { signed_url, expires_at } = await unwrap(api.POST('/api/v2/videos/signed-url', { body, signal }));
  return { url: onThisServer(signed_url, window.location), expires_at };
}

/** Return the milliseconds from `now` until a link is renewed, at least ten seconds. */
export function renewIn(expiresAt: string | undefined, now: number): number {
  const left = expiresAt === undefined ? 0 : Date.parse(expiresAt) - now;
  return Math.max(10_000, left > 2 * margin ? left - margin : left / 2);
}

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** Return a link of this server under the name by which the reader calls it, if both are names of this machine. */
export function onThisServer(link: string, page: { hostname: string; port: string; origin: string }): string {
  const url = new URL(link, page.origin);
  const same = loopback.includes(url.hostname) && loopback.includes(page.hostname) && url.port === page.port;
  return same ? `${page.origin}${url.pathname}${url.search}${url.hash}` : link;
}
