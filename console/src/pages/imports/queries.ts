import { queryOptions, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';
import { idempotencyKey } from '@/api/idempotency-key';
import { pollWhile } from '@/api/polling';

import type { ImportsSearch } from './imports-search';

export type ImportJob = Models['ImportJob'];
export type ImportMode = Models['ImportMode'];
export type SourceFile = Models['ImportSourceFile'];

const endStatuses: readonly string[] = ['completed', 'failed', 'cancelled'];

/** The most imports that the server lists. */
export const newestImports = 200;

const pageFiles = 200;

/** Return whether an import has ended. One that is not read yet has not. */
export function hasEnded(job: ImportJob | undefined): boolean {
  return job !== undefined && endStatuses.includes(job.status);
}

/** The newest imports that fit the filters, newest first. They are read again while one is under way. */
export const importsQuery = ({ status, index, automatic }: ImportsSearch) =>
  queryOptions({
    queryKey: ['imports', 'list', status, index, automatic],
    queryFn: ({ signal }) => {
      const query = { status, index_id: index, automation_only: automatic, limit: newestImports };
      return unwrap(api.GET('/api/v2/import-jobs', { params: { query }, signal }));
    },
    refetchInterval: ({ state }) => pollWhile(!(state.data ?? []).every(hasEnded)),
  });

/** An import. It is read again while it is under way, and after its end until the run that follows is known. */
export const importQuery = (jobId: string) =>
  queryOptions({
    queryKey: ['imports', 'one', jobId],
    queryFn: ({ signal }) => unwrap(api.GET('/api/v2/import-jobs/{job_id}', { params: path(jobId), signal })),
    refetchInterval: ({ state: { data, status } }) =>
      pollWhile(status !== 'error' && (!hasEnded(data) || data?.execution.status === 'pending')),
  });

/** The files of an import, in pages, in the order of its source. */
export function useImportFiles(job: ImportJob, failedOnly: boolean) {
  return useInfiniteQuery({
    queryKey: ['imports', 'files', job.job_id, failedOnly],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/v2/import-jobs/{job_id}/files', {
          params: { ...path(job.job_id), query: { failed_only: failedOnly, limit: pageFiles, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: pollWhile(!hasEnded(job)),
  });
}

/** What the files of an import have become, in pages. */
export function useImportOutputs(job: ImportJob) {
  return useInfiniteQuery({
    queryKey: ['imports', 'outputs', job.job_id],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/v2/import-jobs/{job_id}/outputs', {
          params: { ...path(job.job_id), query: { limit: pageFiles, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: pollWhile(!hasEnded(job)),
  });
}

/** Cancel an import. The answer may still say that it is under way: files that have begun come to their end. */
export function useImportCancellation(jobId: string, onDone: () => void) {
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/v2/import-jobs/{job_id}/cancel', { params: keyed(jobId) })),
    onSuccess: useChanged(jobId, onDone),
  });
}

/** Import again what failed, and after a cancellation what it left out. Attachments can have new addresses. */
export function useImportRetry(jobId: string, onDone = () => {}) {
  return useMutation({
    mutationFn: (body: Models['RetryImportRequest']) =>
      unwrap(api.POST('/api/v2/import-jobs/{job_id}/retry', { params: keyed(jobId), body })),
    onSuccess: useChanged(jobId, onDone),
  });
}

function useChanged(jobId: string, onDone: () => void) {
  const client = useQueryClient();
  return (changed: ImportJob) => {
    client.setQueryData(importQuery(jobId).queryKey, changed);
    onDone();
    return client.invalidateQueries({ queryKey: ['imports'] });
  };
}

function path(jobId: string) {
  return { path: { job_id: jobId } };
}

/** The parameters of a change. Each intent has a key of its own. */
function keyed(jobId: string) {
  return { ...path(jobId), header: { 'Idempotency-Key': idempotencyKey() } };
}
