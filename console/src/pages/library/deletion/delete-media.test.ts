import { expect, it } from 'vitest';

import { ApiProblem } from '@/api/problem';
import { deleteMedia } from './delete-media';

it('deletes all, counts media that are gone already, and collects failures', async () => {
  const progress: number[] = [];
  const refused = new ApiProblem('Try again.', 409, 'conflict');
  const remove = (id: string) => {
    if (id === 'gone') return Promise.reject(new ApiProblem('Not found.', 404, 'resource_video_not_found'));
    return id === 'busy' ? Promise.reject(refused) : Promise.resolve(null);
  };
  const outcome = await deleteMedia(['a', 'gone', 'busy', 'b', 'c', 'd'], (done) => progress.push(done), remove);
  expect([...outcome.deleted].sort()).toEqual(['a', 'b', 'c', 'd', 'gone']);
  expect(outcome.failures).toEqual([refused]);
  expect(progress.at(-1)).toBe(6);
});
