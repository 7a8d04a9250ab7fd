import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { VList } from 'virtua';

import { useMay } from '@/app/session/session';
import { useRowKeys } from '@/app/shortcuts/use-row-keys';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { primaryLinkLook } from '@/components/ui/link-look';
import { importsQuery, newestImports } from '@/pages/imports/queries';
import { words } from '@/words/en';

import { ImportFilters } from './import-filters';
import { ImportRow } from './import-row';

const route = getRouteApi('/shell/connected/imports');

/** The newest imports of the tenant, with filters. */
export function ImportsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  useRowKeys();
  const mayWrite = useMay('write');
  const { data: jobs, error, refetch } = useQuery(importsQuery(search));
  const isFiltered = search.status !== undefined || search.index !== undefined || search.automatic === true;
  return (
    <div className="flex h-full min-h-96 flex-col gap-3 py-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <ImportFilters search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />
        {mayWrite && <NewImportLink />}
      </div>
      {error !== null && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {jobs === undefined && error === null && <SkeletonRows rows={8} className="h-12 w-full" />}
      {jobs?.length === 0 && <NoImports isFiltered={isFiltered} />}
      {jobs !== undefined && jobs.length > 0 && (
        <VList className="min-h-0 flex-1" role="list" aria-label={words.connections.tabs.imports}>
          {jobs.map((job) => (
            <ImportRow key={job.job_id} job={job} />
          ))}
        </VList>
      )}
      {jobs?.length === newestImports && <p className="text-xs text-ink-soft">{words.imports.newest(newestImports)}</p>}
    </div>
  );
}

function NewImportLink() {
  return (
    <Link to="/imports/new" className={primaryLinkLook}>
      <Plus size={16} aria-hidden />
      {words.imports.new}
    </Link>
  );
}

function NoImports({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? <EmptyState title={words.imports.noMatch} /> : <EmptyState title={words.imports.none} text={words.imports.noneText} />;
}
