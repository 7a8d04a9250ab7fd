import { useQuery } from '@tanstack/react-query';

import { indexesQuery } from '@/api/queries';
import { useMay } from '@/app/session/session';

import type { Medium } from '@/pages/medium/medium-data';

/** Return whether the key may add something to a medium. Nobody may to media of the default index. */
export function useMayChange({ index_id: indexId }: Medium): boolean {
  const mayWrite = useMay('write');
  const indexes = useQuery({ ...indexesQuery, enabled: mayWrite }).data;
  if (!mayWrite || indexId === null) return mayWrite;
  return indexes?.find(({ index_id }) => index_id === indexId)?.is_default === false;
}
