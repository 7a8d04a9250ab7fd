/**
 * Searches by picture, for every page that shows pictures.
 *
 * A page adds an action "Search with this frame" with
 *
 *     void navigate({ to: '/search', search: pictureSearchOf({ segmentId }) });
 *
 * or, for a frame that is no segment's thumbnail, with `pictureSearchOf({ file })`, where `file` is a JPEG or PNG of
 * the frame. The first link works for colleagues, the second in this tab only.
 */
import { randomId } from '@/api/random-id';
import { onForgotten } from '@/app/session/kept-data';
import type { SearchAddress } from '@/pages/search/search-address';

type PictureSource = { segmentId: string } | { file: Blob };

/** A picture that an address names. `missing` is a picture of another tab, or of this tab before a reload. */
type NamedPicture = { kind: 'segment'; segmentId: string } | { kind: 'file'; file: Blob } | { kind: 'missing' };

const ofSegment = 'segment:';
const ofTab = 'tab:';
const files = new Map<string, Blob>();
onForgotten(() => files.clear());

/** Return the search part of an address that searches with a picture. */
export function pictureSearchOf(source: PictureSource): Pick<SearchAddress, 'picture'> {
  if ('segmentId' in source) return { picture: `${ofSegment}${source.segmentId}` };
  const picture = `${ofTab}${randomId()}`;
  files.set(picture, source.file);
  return { picture };
}

/** Return the picture that an address names, or null if it names none. */
export function namedPicture(picture: string | undefined): NamedPicture | null {
  if (picture === undefined) return null;
  if (picture.startsWith(ofSegment)) return { kind: 'segment', segmentId: picture.slice(ofSegment.length) };
  const file = files.get(picture);
  return file === undefined ? { kind: 'missing' } : { kind: 'file', file };
}

/** Return the first picture of a drop or of a clipboard. */
export function pictureIn(transfer: DataTransfer | null): File | null {
  return [...(transfer?.files ?? [])].find((file) => file.type.startsWith('image/')) ?? null;
}
