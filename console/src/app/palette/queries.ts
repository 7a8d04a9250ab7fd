import { queryOptions } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';
import { words } from '@/words/en';

/** The prompts by name. */
export const promptsOfPalette = queryOptions({
  queryKey: ['prompts', 'palette'],
  queryFn: async ({ signal }) => {
    const { prompts } = await unwrap(api.GET('/api/v2/prompts', { signal }));
    return prompts.map(({ prompt_id: id, name }) => ({ id, name }));
  },
  staleTime: 60_000,
});

interface RecentMedium {
  id: string;
  title: string;
  /** The name of its index, or of the playground. */
  place: string;
  createdAt: string;
}

/** The number of indexes whose newest media the palette asks for, and the number of media of each. */
const mostIndexes = 8;
const mostMedia = 40;

/** The newest media of the playground and of the first indexes, newest first. */
export function recentMediaOfPalette(indexes: readonly Models['Index'][]) {
  const asked = indexes.slice(0, mostIndexes);
  return queryOptions({
    queryKey: ['videos', 'palette', ...asked.map(({ index_id }) => index_id)],
    queryFn: async ({ signal }) => {
      const query = { limit: mostMedia };
      const playground = unwrap(api.GET('/api/v2/playground/videos', { params: { query }, signal })).then((page) =>
        page.data.map((video) => recentOf(video, words.navigation.playground)),
      );
      const ofIndexes = asked.map(async ({ index_id, name }) => {
        const page = await unwrap(api.GET('/api/v2/indexes/{index_id}/videos', { params: { path: { index_id }, query }, signal }));
        return page.data.map((video) => recentOf(video, name));
      });
      const lists = await Promise.all([playground, ...ofIndexes]);
      return lists.flat().sort((one, other) => other.createdAt.localeCompare(one.createdAt));
    },
    staleTime: 60_000,
  });
}

function recentOf(video: Models['Video'], place: string): RecentMedium {
  return { id: video.video_id, title: video.title, place, createdAt: video.created_at };
}
