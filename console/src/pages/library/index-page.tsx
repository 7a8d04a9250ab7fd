import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { api, unwrap } from '@/api/client';
import { Skeleton } from '@/components/ui/feedback/skeleton';
import { BackLink } from '@/components/ui/layout/back-link';
import { ProblemPage } from '@/components/ui/layout/problem-page';
import { words } from '@/words/en';

import { EmptySheet } from './empty-sheet';
import { MediaPage } from './media-page';
import { SheetActions } from './sheet-actions';

const route = getRouteApi('/shell/indexes/$indexId');

/** The media of one index. */
export function IndexPage() {
  const { indexId } = route.useParams();
  const search = route.useSearch();
  const index = useQuery({
    queryKey: ['indexes', indexId],
    queryFn: ({ signal }) => unwrap(api.GET('/api/v2/indexes/{index_id}', { params: { path: { index_id: indexId } }, signal })),
  });
  if (index.isError) {
    return (
      <ProblemPage
        title={words.library.indexFailed}
        above={<BackLink path="/" label={words.library.title} />}
        error={index.error}
        onRetry={() => void index.refetch()}
      />
    );
  }
  if (index.isPending) return <Skeleton className="m-4 h-7 w-64" />;
  const isReadOnly = index.data.is_default;
  return (
    <MediaPage
      key={indexId}
      indexId={indexId}
      title={index.data.name}
      search={search}
      isReadOnly={isReadOnly}
      above={<BackLink path="/" label={words.library.title} />}
      actions={<SheetActions indexId={indexId} name={index.data.name} isReadOnly={isReadOnly} />}
      empty={<EmptySheet indexId={indexId} isReadOnly={isReadOnly} />}
    />
  );
}
