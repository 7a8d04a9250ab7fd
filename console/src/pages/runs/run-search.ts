import { present, textOf } from '@/app/search-values';

import type { Run } from './queries';

const statuses: readonly Run['status'][] = ['pending', 'processing', 'completed', 'completed_with_failures', 'failed', 'cancelled'];

/** The filters of the list of runs. */
export interface RunsSearch {
  status?: Run['status'];
  index?: string;
  prompt?: string;
}

/** What a new run begins with: the media of an index, named media, or the playground, and the prompt. */
export interface NewRunSearch {
  index?: string;
  video?: string[];
  playground?: true;
  prompt?: string;
}

export function runsSearchOf(search: Record<string, unknown>): RunsSearch {
  const status = statuses.find((each) => each === search.status);
  return present({ status, index: textOf(search.index), prompt: textOf(search.prompt) });
}

/** Read the address of a new run. `video` may be given more than once. */
export function newRunSearchOf(search: Record<string, unknown>): NewRunSearch {
  const given: unknown[] = Array.isArray(search.video) ? search.video : [search.video];
  const videos = [...new Set(given.map(textOf).filter((id) => id !== undefined))];
  return present({
    index: textOf(search.index),
    video: videos.length > 0 ? videos : undefined,
    playground: search.playground === true || search.playground === '' || search.playground === 1 ? (true as const) : undefined,
    prompt: textOf(search.prompt),
  });
}
