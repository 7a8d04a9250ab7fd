import { api, unwrap } from '@/api/client';
import { queryClient } from '@/api/query-client';

/** Where new media go: an index, the playground, or an index that is created with them. */
export type Destination = { kind: 'index'; indexId: string } | { kind: 'playground' } | { kind: 'new'; name: string };

/** Return the id of the index that media go to, null for the playground. A new index is created. Throws `ApiProblem`. */
export async function indexOf(destination: Destination): Promise<string | null> {
  switch (destination.kind) {
    case 'index':
      return destination.indexId;
    case 'playground':
      return null;
    case 'new': {
      const index = await unwrap(api.POST('/api/v2/indexes', { body: { name: destination.name.trim() } }));
      await queryClient.invalidateQueries({ queryKey: ['indexes'] });
      return index.index_id;
    }
  }
}

/** Whether a destination is complete: a new index needs a name. */
export function isComplete(destination: Destination): boolean {
  return destination.kind !== 'new' || destination.name.trim() !== '';
}
