import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { Models } from '@/api/client';
import { systemQuery } from '@/api/queries';
import { formatDateTime } from '@/components/time/format';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { PageHeader } from '@/components/ui/layout/page-header';
import { words } from '@/words/en';

import { HealthSection } from './health-section';
import { ModelsSection } from './models-section';
import { StorageSection } from './storage-section';
import { WorkSection } from './work-section';

const refreshMilliseconds = 15_000;

/** The page of the server: version, models, queues, storage, health. It asks again every 15 seconds. */
export function SystemPage() {
  const { data, error, refetch } = useQuery({ ...systemQuery, refetchInterval: refreshMilliseconds });
  return (
    <div className="max-w-5xl pb-8">
      <PageHeader
        title={words.system.title}
        detail={data === undefined ? undefined : <Detail state={data} />}
        actions={<CopyAs request={{ method: 'GET', path: '/api/v2/system' }} />}
      />
      {error !== null && (
        <div className="p-4">
          <ProblemNotice error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {data === undefined ? error === null && <SkeletonRows rows={4} className="h-32 w-full" /> : <Sections state={data} />}
    </div>
  );
}

function Detail({ state }: { state: Models['SystemState'] }) {
  return (
    <span>
      {words.system.version(state.version)} · {words.system.runtimes[state.runtime]}
      {state.started_at != null && (
        <>
          {' · '}
          <time dateTime={state.started_at} title={state.started_at}>
            {words.system.startedAt(formatDateTime(state.started_at))}
          </time>
        </>
      )}
    </span>
  );
}

function Sections({ state }: { state: Models['SystemState'] }): ReactNode {
  return (
    <>
      <div className="grid gap-4 p-4 md:grid-cols-2">
        <HealthSection health={state.health} />
        <StorageSection media={state.media} storage={state.storage} />
        <WorkSection state={state} />
        <ModelsSection models={state.models} />
      </div>
      <p className="px-4 text-ink-soft">
        {words.system.monitoringText}{' '}
        <a className="text-accent underline" href="/docs/operations/monitoring/">
          {words.system.monitoringLink}
        </a>
      </p>
    </>
  );
}
