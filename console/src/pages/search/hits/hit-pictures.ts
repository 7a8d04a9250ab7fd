import type { Hit } from './hit-groups';

/** How long a signed link of a picture is used again, in milliseconds. Links are good for much longer. */
const reuse = 5 * 60_000;
const links = new Map<string, { url: string; since: number }>();

/**
 * Return the address of a hit's thumbnail or preview; null if it has none.
 *
 * Every answer signs new links. The first link of a picture is used again for a while, so that a picture that stays in
 * the list is neither fetched again nor drawn again.
 */
export function hitPicture(hit: Hit, kind: 'thumbnail' | 'preview', now = Date.now()): string | null {
  const signed = kind === 'thumbnail' ? hit.thumbnail_uri : (hit.preview_gif_uri ?? hit.gif_uri);
  const durable = kind === 'thumbnail' ? hit.thumbnail_gcs_uri : hit.gif_gcs_uri;
  if (signed === null || !isWebAddress(signed)) return null;
  if (durable === null) return signed;
  const known = links.get(`${kind} ${durable}`);
  if (known !== undefined && now - known.since < reuse) return known.url;
  if (links.size > 5000) links.clear();
  links.set(`${kind} ${durable}`, { url: signed, since: now });
  return signed;
}

function isWebAddress(address: string): boolean {
  return /^https?:$/.test(new URL(address, window.location.origin).protocol);
}
