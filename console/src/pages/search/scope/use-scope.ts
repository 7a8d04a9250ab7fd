import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { api, unwrap } from '@/api/client';
import { useMay } from '@/app/session/session';
import type { SearchField } from '@/pages/search/conditions/conditions';
import { mergedValues } from '@/pages/search/conditions/merged-values';
import { playground, type SearchAddress } from '@/pages/search/search-address';

/** The most indexes that one request for fields covers. */
const maxIndexes = 100;

export function useIndexes() {
  return useQuery({
    queryKey: ['indexes', 'search-scope'],
    queryFn: ({ signal }) => unwrap(api.GET('/api/v2/indexes', { signal })),
  });
}

/** The runs of an index or of the playground, for keys that may read them. */
export function useRuns(index: string | undefined) {
  const mayRead = useMay('read');
  return useQuery({
    queryKey: ['runs', 'search-scope', index ?? null],
    enabled: mayRead && index !== undefined,
    queryFn: ({ signal }) => runsOf(index ?? playground, signal),
  });
}

async function runsOf(index: string, signal: AbortSignal) {
  if (index !== playground) {
    const params = { path: { index_id: index } };
    return (await unwrap(api.GET('/api/v2/indexes/{index_id}/prompt-runs', { params, signal }))).data;
  }
  const runs = await unwrap(api.GET('/api/v2/prompt-runs', { signal }));
  return runs.filter((run) => run.run_context.is_playground === true);
}

/** The fields that conditions can use in the scope of an address. */
export function useSearchFields({ address, indexIds }: FieldScope) {
  const { index, run } = address;
  const asked = askedIndexes(address, indexIds);
  const withPlayground = index === undefined || index === playground;
  return useQuery({
    queryKey: ['search', 'fields', asked ?? null, withPlayground, run ?? null],
    enabled: asked !== undefined,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const answers = await Promise.all([
        fieldsOfIndexes(asked ?? [], run, signal),
        withPlayground ? fieldsOfPlayground(run, signal) : [],
      ]);
      return uniqueFields(answers.flat());
    },
  });
}

async function fieldsOfIndexes(indexIds: readonly string[], run: string | undefined, signal: AbortSignal): Promise<SearchField[]> {
  const [first] = indexIds;
  if (first === undefined) return [];
  const query = { index_id: [...indexIds], ...(run === undefined ? {} : { run_id: [run] }) };
  return unwrap(api.GET('/api/v2/search/fields/{index_id}', { params: { path: { index_id: first }, query }, signal }));
}

function fieldsOfPlayground(run: string | undefined, signal: AbortSignal): Promise<SearchField[]> {
  const query = run === undefined ? {} : { run_id: [run] };
  return unwrap(api.GET('/api/v2/search/fields/playground', { params: { query }, signal }));
}

function uniqueFields(fields: readonly SearchField[]): SearchField[] {
  return [...new Map(fields.map((field) => [`${field.level} ${field.type} ${field.field}`, field])).values()];
}

/** The frequent values of a field in the scope of an address, as texts; with a prefix, those that start with it. */
export function useFieldValues(scope: FieldScope, { field, type }: Pick<SearchField, 'field' | 'type'>, prefix: string) {
  const { address, indexIds } = scope;
  const asked = askedIndexes(address, indexIds);
  const withPlayground = address.index === undefined || address.index === playground;
  return useQuery({
    queryKey: ['search', 'values', asked ?? null, withPlayground, address.run ?? null, type, field, prefix],
    enabled: asked !== undefined,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const [first] = asked ?? [];
      const query = { field, type, prefix, limit: 20, ...(address.run === undefined ? {} : { run_id: [address.run] }) };
      const answers = await Promise.all([
        first === undefined
          ? null
          : unwrap(
              api.GET('/api/v2/search/fields/{index_id}/values', {
                params: { path: { index_id: first }, query: { ...query, index_id: [...(asked ?? [])] } },
                signal,
              }),
            ),
        withPlayground ? unwrap(api.GET('/api/v2/search/fields/playground/values', { params: { query }, signal })) : null,
      ]);
      return mergedValues(answers.flatMap((answer) => answer?.values ?? []));
    },
  });
}

/** What fields and values belong to. `indexIds` are all indexes; undefined until they are known. */
export interface FieldScope {
  address: SearchAddress;
  indexIds: readonly string[] | undefined;
}

function askedIndexes({ index }: SearchAddress, indexIds: readonly string[] | undefined): readonly string[] | undefined {
  if (index === undefined) return indexIds?.slice(0, maxIndexes);
  return index === playground ? [] : [index];
}
