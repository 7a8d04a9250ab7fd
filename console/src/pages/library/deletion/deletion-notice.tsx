import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';

import { api, unwrap } from '@/api/client';
import { pollWhile } from '@/api/polling';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { StatusMark } from '@/components/ui/feedback/status-mark';
import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';

import { forgetDeletion, type IndexDeletion } from './index-deletions';

/** The progress of the deletion of an index, until the reader closes it. */
export function DeletionNotice({ deletion: { indexId, name } }: { deletion: IndexDeletion }) {
  const deletion = useQuery({
    queryKey: ['indexes', indexId, 'deletion'],
    queryFn: ({ signal }) => unwrap(api.GET('/api/v2/indexes/{index_id}/deletion', { params: { path: { index_id: indexId } }, signal })),
    refetchInterval: ({ state }) => pollWhile(state.data?.status !== 'deleted'),
  });
  if (deletion.isError) return <ProblemNotice error={deletion.error} onRetry={() => void deletion.refetch()} />;
  const isDone = deletion.data?.status === 'deleted';
  const text = words.library.deletion[deletion.data?.status ?? 'draining'](name);
  return (
    <div className="flex items-center gap-2 rounded-md border border-line bg-raised py-1 pr-1 pl-3">
      <StatusMark status={isDone ? 'ready' : 'working'} label={text} />
      <span role="status" className="min-w-0 flex-1 truncate">
        {text}
      </span>
      {isDone && <IconButton icon={X} label={words.shell.close} onClick={() => forgetDeletion(indexId)} />}
    </div>
  );
}
