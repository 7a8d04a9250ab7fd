import { api, unwrap } from '@/api/client';
import { ApiProblem } from '@/api/problem';

const atOnce = 4;

/** What a deletion of several media did: the ids that are gone, and why the others are not. */
interface DeletionOutcome {
  deleted: ReadonlySet<string>;
  failures: readonly unknown[];
}

/** Delete media, several at a time. `onProgress` receives how many requests have ended. */
export async function deleteMedia(ids: readonly string[], onProgress: (done: number) => void, remove = deleteOne): Promise<DeletionOutcome> {
  const waiting = [...ids];
  const deleted = new Set<string>();
  const failures: unknown[] = [];
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await remove(id);
        deleted.add(id);
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) deleted.add(id); // somebody else was faster
        else failures.push(error);
      }
      onProgress(deleted.size + failures.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { deleted, failures };
}

function deleteOne(video_id: string): Promise<unknown> {
  return unwrap(api.DELETE('/api/v2/videos/{video_id}', { params: { path: { video_id } } }));
}
