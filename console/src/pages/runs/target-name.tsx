import { useQuery } from '@tanstack/react-query';

import { indexesQuery } from '@/api/queries';
import { words } from '@/words/en';

import type { Run } from './queries';
import { targetOf } from './run-target';

const { targets } = words.runs;

/** The media of a run in a few words: the name of the index, the playground, or their number. */
export function TargetName({ run }: { run: Run }) {
  const indexes = useQuery(indexesQuery);
  const target = targetOf(run);
  if (target.kind === 'playground') return <>{targets.playground}</>;
  if (target.kind === 'videos') return <>{targets.media(target.count)}</>;
  const index = indexes.data?.find((each) => each.index_id === target.indexId);
  if (target.kind === 'import' && (index !== undefined || target.indexId === null)) return <>{targets.import(index?.name ?? targets.playground)}</>;
  if (index !== undefined) return <>{index.name}</>;
  return <>{indexes.isSuccess ? targets.deletedIndex : targets.index}</>;
}
