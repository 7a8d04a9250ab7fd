import { afterEach, expect, test } from 'vitest';

import type { Models } from '@/api/client';
import { queryClient } from '@/api/query-client';
import { indexesQuery } from '@/api/queries';
import type { StreamEvent } from '@/app/activity/stream/event';

import { deletions } from './deletions';
import { nameOfIndex, rememberIndexNames } from './index-names';

const index: Models['Index'] = {
  index_id: 'idx_1',
  name: 'Archive',
  user_id: 'anna',
  is_default: false,
  created_at: '2026-08-03T09:30:00.000Z',
};
const started: StreamEvent = {
  id: 'e',
  type: 'deletion.started',
  at: '2026-08-03T09:31:00.000Z',
  runId: null,
  videoId: null,
  indexId: 'idx_1',
  payload: { deletion_id: 'del_1', kind: 'index', target_id: 'idx_1', status: 'draining' },
};

afterEach(() => queryClient.clear());

test('the deletion of an index has its name also after the list has lost it', () => {
  queryClient.setQueryData(indexesQuery.queryKey, [index]);
  const forget = rememberIndexNames();
  queryClient.setQueryData(indexesQuery.queryKey, []);
  expect(deletions.read(started)?.title).toBe('Index Archive');
  forget();
  expect(nameOfIndex('idx_1')).toBeUndefined();
});

test('an index that is created after the start has a name, one of another session has none', () => {
  const forget = rememberIndexNames();
  expect(deletions.read(started)?.title).toBe('Index idx_1');
  queryClient.setQueryData(indexesQuery.queryKey, [{ ...index, name: 'Later' }]);
  queryClient.setQueryData(indexesQuery.queryKey, []);
  expect(deletions.read(started)?.title).toBe('Index Later');
  forget();
});
