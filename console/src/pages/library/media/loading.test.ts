import { describe, expect, it } from 'vitest';

import type { Models } from '@/api/client';
import { type MediaList, type MediaSource, readList } from './loading';

function video(id: number, status = 'processed'): Models['Video'] {
  return {
    video_id: `vid_${id}`,
    title: `Title ${id}`,
    status,
    media_type: 'video',
    duration_seconds: 10,
    created_at: '2026-11-28T10:00:00.000Z',
    warnings: [],
    processing_status: [],
  } as unknown as Models['Video'];
}

/** A list of the API with 100 media a page. It notes what it was asked. */
class Api implements MediaSource {
  asked: string[] = [];
  clock = 0;

  constructor(public videos: Models['Video'][]) {}

  page = (cursor: string | null) => {
    this.asked.push('page');
    const from = Number(cursor ?? 0);
    const more = from + 100 < this.videos.length;
    return Promise.resolve({
      data: this.videos.slice(from, from + 100),
      pagination: { limit: 100, has_more: more, next_cursor: more ? String(from + 100) : null },
    });
  };

  statuses = (ids: readonly string[]) => {
    this.asked.push(`statuses of ${ids.join()}`);
    return Promise.resolve(this.videos.filter((each) => ids.includes(each.video_id)));
  };

  now = () => (this.clock += 300);
}

const many = () => Array.from({ length: 450 }, (_, index) => video(450 - index));

async function complete(api: Api): Promise<MediaList> {
  const list = await readList(api, undefined, () => undefined);
  api.asked = [];
  return list;
}

describe('readList', () => {
  it('publishes parts until the last page is read', async () => {
    const parts: number[] = [];
    const list = await readList(new Api(many()), undefined, ({ media, complete: whole }) => parts.push(whole ? -1 : media.length));
    expect(parts).toEqual([100, 300]);
    expect(list.media).toHaveLength(450);
    expect(list.complete).toBe(true);
  });

  it('goes on where an interrupted reading ended', async () => {
    const api = new Api(many());
    const parts: MediaList[] = [];
    await readList(api, undefined, (part) => parts.push(part));
    api.asked = [];
    const list = await readList(api, parts[1], () => undefined);
    expect(api.asked).toEqual(['page', 'page', 'page']); // two further ones, and the first for what is new
    expect(new Set(list.media.map(({ id }) => id)).size).toBe(450);
  });

  it('reads only new media and media at work of a long list', async () => {
    const api = new Api(many());
    api.videos[400] = video(50, 'processing');
    const known = await complete(api);
    api.videos[400] = video(50, 'failed');
    api.videos.unshift(video(451));
    const list = await readList(api, known, () => undefined);
    expect(api.asked).toEqual(['page', 'statuses of vid_50']);
    expect(list.media.map(({ id }) => id).slice(0, 2)).toEqual(['vid_451', 'vid_450']);
    expect(list.media.find(({ id }) => id === 'vid_50')?.status).toBe('failed');
  });

  it('reads a short list as a whole, so that deleted media go', async () => {
    const api = new Api(many().slice(0, 120));
    const known = await complete(api);
    api.videos.splice(110, 1);
    expect((await readList(api, known, () => undefined)).media).toHaveLength(119);
  });

  it('reads a long list as a whole after a minute', async () => {
    const api = new Api(many());
    const known = await complete(api);
    api.videos.splice(300, 1);
    api.clock += 60_000;
    expect((await readList(api, known, () => undefined)).media).toHaveLength(449);
  });
});
