import type { Models } from '@/api/client';
import { type Medium, mediumOf, statusOf } from '@/pages/library/media/medium';

/** The media of an index, newest first. `complete` is false until the last page is read; `cursor` is its position. */
export interface MediaList {
  media: readonly Medium[];
  complete: boolean;
  cursor: string | null;
  /** When the whole list was read, in milliseconds of the page's clock. */
  readAt: number;
}

export type VideoPage = Models['Page_Video_'];

/** The requests that fill a list. The page gives those of the API; tests give others. */
export interface MediaSource {
  page: (cursor: string | null) => Promise<VideoPage>;
  statuses: (ids: readonly string[]) => Promise<readonly Models['VideoStatus'][]>;
  now: () => number;
}

/** A list of at most this many media is read anew as a whole at each change. */
const smallList = 300;
/** A longer list is read anew as a whole at most this often, in milliseconds. */
const fullReadEvery = 60_000;
const publishEvery = 400;
const statusBatch = 100;

/**
 * Read a list, or bring one up to date. `publish` receives the part that is there while the rest is read.
 *
 * At a change, a long list reads only its new media and the statuses of media at work, so that a change
 * costs a few requests. Media that somebody else deleted disappear with the next full read.
 */
export async function readList(source: MediaSource, known: MediaList | undefined, publish: (list: MediaList) => void): Promise<MediaList> {
  if (known === undefined) return readWhole(source, publish);
  if (!known.complete) {
    const whole = await readWhole(source, publish, known);
    return (await readChanges(source, whole)) ?? whole;
  }
  const isFresh = source.now() - known.readAt < fullReadEvery;
  if (known.media.length <= smallList || !isFresh) return readWhole(source, () => undefined);
  return (await readChanges(source, known)) ?? readWhole(source, () => undefined);
}

/** Read all pages, or those after a `part` that an interrupted reading left. */
async function readWhole(source: MediaSource, publish: (list: MediaList) => void, part?: MediaList): Promise<MediaList> {
  const media = [...(part?.media ?? [])];
  const readAt = source.now();
  let published = -Infinity;
  let cursor = part?.cursor ?? null;
  do {
    const page: VideoPage = await source.page(cursor);
    media.push(...page.data.map(mediumOf));
    cursor = page.pagination.next_cursor ?? null;
    if (cursor !== null && source.now() - published >= publishEvery) {
      published = source.now();
      publish({ media: [...media], complete: false, cursor, readAt });
    }
  } while (cursor !== null);
  return { media, complete: true, cursor: null, readAt };
}

/** Read the media before the first known one, and the statuses of media at work. Null if that is not possible. */
async function readChanges(source: MediaSource, known: MediaList): Promise<MediaList | null> {
  const ids = new Set(known.media.map(({ id }) => id));
  const fresh = new Map<string, Medium>();
  let cursor: string | null = null;
  let meets: boolean;
  do {
    const page: VideoPage = await source.page(cursor);
    for (const video of page.data) fresh.set(video.video_id, mediumOf(video));
    meets = page.data.some((video) => ids.has(video.video_id));
    cursor = page.pagination.next_cursor ?? null;
  } while (!meets && cursor !== null);
  const atWork = known.media.filter(({ id, status }) => status === 'processing' && !fresh.has(id)).map(({ id }) => id);
  if (atWork.length > statusBatch) return null;
  const statuses = new Map<string, Pick<Medium, 'status' | 'progress'>>();
  if (atWork.length > 0) {
    for (const status of await source.statuses(atWork)) statuses.set(status.video_id, statusOf(status));
  }
  const added = [...fresh.values()].filter(({ id }) => !ids.has(id));
  const kept = known.media.map((medium) => fresh.get(medium.id) ?? { ...medium, ...statuses.get(medium.id) });
  return { media: [...added, ...kept], complete: true, cursor: null, readAt: known.readAt };
}
