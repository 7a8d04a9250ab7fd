import { FileOutput } from 'lucide-react';

import { api, type Models, unwrap } from '@/api/client';
import { queryClient } from '@/api/query-client';
import { indexesQuery } from '@/api/queries';
import type { ActivityChange, ActivityKind, ActivityStatus } from '@/app/activity/kinds/kind';
import { type StreamEvent, textOf } from '@/app/activity/stream/event';
import { words } from '@/words/en';

/** Exports of results. Events tell only of their end. */
export const exports: ActivityKind = {
  name: 'exports',
  icon: FileOutput,
  unnamed: words.activity.unnamed.exports,
  read: (event) => (event.type.startsWith('export.') ? ofEvent(event) : null),
  load: async () => {
    const found = await unwrap(api.GET('/api/v2/exports', { params: { query: { limit: 50 } } }));
    return found.map(ofExport).filter(({ status }) => status === 'working');
  },
  titleOf: async (id) => {
    const { export_type: kind, target_id: target } = await unwrap(api.GET('/api/v2/exports/{export_id}', { params: { path: { export_id: id } } }));
    if (kind === 'prompt_run') return (await unwrap(api.GET('/api/v2/prompt-runs/{run_id}', { params: { path: { run_id: target } } }))).prompt_name;
    const indexes = await queryClient.query({ ...indexesQuery, staleTime: 60_000 });
    return indexes.find(({ index_id: each }) => each === target)?.name ?? words.exports.deletedIndex;
  },
};

function statusOf(status: string | null): ActivityStatus {
  if (status === 'completed') return 'done';
  return status === 'failed' ? 'failed' : 'working';
}

function pageOf(id: string): string {
  return `/exports/${encodeURIComponent(id)}`;
}

function ofEvent({ payload, at }: StreamEvent): ActivityChange | null {
  const id = textOf(payload, 'export_id');
  if (id === null) return null;
  return { id, status: statusOf(textOf(payload, 'status')), error: textOf(payload, 'error'), href: pageOf(id), startedAt: at };
}

function ofExport(found: Models['Export']): ActivityChange {
  return {
    id: found.export_id,
    status: statusOf(found.status),
    error: found.error_message,
    detail: words.exports.formats[found.format].name,
    href: pageOf(found.export_id),
    startedAt: found.created_at,
  };
}
