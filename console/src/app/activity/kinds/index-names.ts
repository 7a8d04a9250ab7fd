import { hashKey } from '@tanstack/react-query';

import { queryClient } from '@/api/query-client';
import { indexesQuery } from '@/api/queries';

const listHash = hashKey(indexesQuery.queryKey);
const names = new Map<string, string>();

/** Return the name of an index that any list of this session has shown, also after its deletion. */
export function nameOfIndex(id: string): string | undefined {
  return names.get(id);
}

/**
 * Remember the names in every list of indexes that arrives, until the function that this returns is called.
 *
 * The server hides an index before it tells of the deletion, so the list at hand may have lost the name by then.
 */
export function rememberIndexNames(): () => void {
  note();
  const unsubscribe = queryClient.getQueryCache().subscribe(({ type, query }) => {
    if (type === 'updated' && query.queryHash === listHash) note();
  });
  return () => {
    unsubscribe();
    names.clear();
  };
}

function note(): void {
  for (const { index_id: id, name } of queryClient.getQueryData(indexesQuery.queryKey) ?? []) names.set(id, name);
}
