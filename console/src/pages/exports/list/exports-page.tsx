import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { FileOutput } from 'lucide-react';
import { VList } from 'virtua';

import { useMay } from '@/app/session/session';
import { useRowKeys } from '@/app/shortcuts/use-row-keys';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { PageHeader } from '@/components/ui/layout/page-header';
import { primaryLinkLook } from '@/components/ui/link-look';
import { listCall } from '@/pages/exports/copied-calls';
import type { ExportsSearch } from '@/pages/exports/exports-search';
import { type Export, exportsQuery, newestExports } from '@/pages/exports/queries';
import { words } from '@/words/en';

import { ExportFilters } from './export-filters';
import { ExportRow } from './export-row';

const route = getRouteApi('/shell/exports');

/** The newest exports of the tenant, with filters. */
export function ExportsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  useRowKeys();
  const mayWrite = useMay('write');
  const { data: all, error, refetch } = useQuery(exportsQuery);
  const shown = all?.filter((each) => fits(each, search));
  return (
    <div className="flex h-full flex-col">
      <PageHeader
        title={words.exports.title}
        detail={all?.length === newestExports ? words.exports.newest(newestExports) : words.exports.intro}
        actions={
          <>
            <CopyAs {...listCall()} />
            {mayWrite && <NewExportLink />}
          </>
        }
      />
      <ExportFilters search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />
      {error !== null && (
        <div className="p-4">
          <ProblemNotice error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {shown === undefined && error === null && <SkeletonRows rows={8} className="h-12 w-full" />}
      {shown?.length === 0 && <NoExports isFiltered={all !== undefined && all.length > 0} />}
      {shown !== undefined && shown.length > 0 && (
        <VList className="min-h-0 flex-1 px-2 pb-4" role="list" aria-label={words.exports.title}>
          {shown.map((each) => (
            <ExportRow key={each.export_id} found={each} />
          ))}
        </VList>
      )}
    </div>
  );
}

function fits(found: Export, { status, kind, format }: ExportsSearch): boolean {
  return (
    (status === undefined || found.status === status) &&
    (kind === undefined || found.export_type === kind) &&
    (format === undefined || found.format === format)
  );
}

function NewExportLink() {
  return (
    <Link to="/exports/new" className={primaryLinkLook}>
      <FileOutput size={16} aria-hidden />
      {words.exports.new}
    </Link>
  );
}

function NoExports({ isFiltered }: { isFiltered: boolean }) {
  const mayWrite = useMay('write');
  if (isFiltered) return <EmptyState title={words.exports.noMatch} />;
  return (
    <EmptyState title={words.exports.none} text={words.exports.noneText}>
      {mayWrite && <NewExportLink />}
    </EmptyState>
  );
}
