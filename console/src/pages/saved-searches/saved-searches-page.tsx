import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';

import { api, unwrap } from '@/api/client';
import { useMay } from '@/app/session/session';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { PageHeader } from '@/components/ui/layout/page-header';
import { words } from '@/words/en';

import { useSavedSearches } from './queries';
import { SavedSearchDetail } from './saved-search-detail';
import { SavedSearchRow } from './saved-search-row';

const route = getRouteApi('/shell/saved-searches');

/** The page of saved searches: their list, or one with its matches. */
export function SavedSearchesPage() {
  const { id } = route.useSearch();
  const names = useIndexNames();
  const path = id === undefined ? '/api/v2/saved-searches' : `/api/v2/saved-searches/${id}/matches`;
  return (
    <div className="flex h-full max-w-5xl flex-col">
      <PageHeader
        title={words.savedSearches.title}
        above={<Link to="/search" className="hover:text-ink hover:underline">{words.navigation.search}</Link>}
        actions={<CopyAs request={{ method: 'GET', path }} />}
      />
      <div className="flex flex-col gap-2 p-4">
        <Content id={id} names={names} />
      </div>
    </div>
  );
}

function Content({ id, names }: { id: string | undefined; names: ReadonlyMap<string, string> }) {
  const { data, error, refetch } = useSavedSearches();
  if (error !== null && data === undefined) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={3} className="h-20 w-full" />;
  if (id !== undefined) {
    const search = data.find((each) => each.saved_search_id === id);
    if (search === undefined) return <EmptyState title={words.savedSearches.noSuchSearch} />;
    return <SavedSearchDetail key={id} search={search} names={names} />;
  }
  if (data.length === 0) {
    return (
      <EmptyState title={words.savedSearches.none} text={words.savedSearches.noneText}>
        <Link to="/search" className="text-accent underline">{words.savedSearches.toSearch}</Link>
      </EmptyState>
    );
  }
  return (
    <>
      <p className="text-ink-soft">
        {words.savedSearches.text} <ToWebhooks />
      </p>
      <ul className="flex flex-col gap-2">
        {data.map((search) => (
          <SavedSearchRow key={search.saved_search_id} search={search} names={names} />
        ))}
      </ul>
    </>
  );
}

/** The way to the webhooks, for those who may see them. */
function ToWebhooks() {
  if (!useMay('read')) return null;
  return (
    <Link to="/connections" search={{ tab: 'webhooks' }} className="text-accent underline">
      {words.savedSearches.toWebhooks}
    </Link>
  );
}

/** Return the names of the indexes by their ids; none while they are read. */
function useIndexNames(): ReadonlyMap<string, string> {
  const { data } = useQuery({ queryKey: ['indexes'], queryFn: ({ signal }) => unwrap(api.GET('/api/v2/indexes', { signal })) });
  return useMemo(() => new Map(data?.map((index) => [index.index_id, index.name])), [data]);
}
