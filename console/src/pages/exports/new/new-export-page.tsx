import { getRouteApi } from '@tanstack/react-router';
import { FileOutput } from 'lucide-react';
import { useState } from 'react';

import { Button } from '@/components/ui/button';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { BackLink } from '@/components/ui/layout/back-link';
import { PageHeader } from '@/components/ui/layout/page-header';
import { fieldErrorsOf, standsAtFields } from '@/pages/connections/field-errors';
import { startCall } from '@/pages/exports/copied-calls';
import type { NewExportSearch } from '@/pages/exports/exports-search';
import { words } from '@/words/en';

import { ContentFields } from './content-fields';
import { ContentsPanel } from './contents-panel';
import { DestinationFields } from './destination-fields';
import { type Destination, exportOf, missingOf } from './export-form';
import { TargetFields } from './target-fields';
import { exportedRuns, useHasSelection, useOfferedRuns } from './use-offered-runs';
import { useStart } from './use-start';

const route = getRouteApi('/shell/exports/new');
const { form } = words.exports;
const fields = ['prompt_run_ids', 'format', 'include_embeddings', 'result_scope', 'destination_connector_id', 'destination_subpath'];
const missingWords = { target: form.needsTarget, runs: form.needsRuns, connector: form.needsConnector };

/** An export before it starts: what is exported, in which format, and where it goes. */
export function NewExportPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [destination, setDestination] = useState<Destination>(() => ({
    kind: search.connector === undefined ? 'download' : 'connector',
    path: search.path ?? '',
  }));
  const offered = useOfferedRuns(search);
  const runs = search.run === undefined && search.index === undefined ? [] : exportedRuns(search, offered.runs);
  const hasSelection = useHasSelection(runs);
  const start = useStart();
  const errors = fieldErrorsOf(start.error);
  const wanted = exportOf(search, destination, hasSelection);
  const missing = missingOf(search, destination);
  const change = (next: NewExportSearch) => void navigate({ search: next, replace: true });
  return (
    <form
      className="flex min-h-full flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted !== null && !start.isPending) start.mutate(wanted);
      }}
    >
      <PageHeader
        title={words.exports.new}
        detail={words.exports.intro}
        above={<BackLink path="/exports" label={words.exports.all} />}
        actions={wanted !== null && <CopyAs {...startCall(wanted)} />}
      />
      <div className="grid gap-6 px-4 pt-2 pb-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <TargetFields search={search} onSearch={change} offered={offered} error={errors.prompt_run_ids} />
          <ContentFields search={search} onSearch={change} hasSelection={hasSelection} errors={errors} />
          <DestinationFields
            destination={destination}
            onDestination={setDestination}
            connectorId={search.connector}
            onConnector={(connector) => change({ ...search, connector })}
            errors={errors}
          />
        </div>
        <div className="flex flex-col gap-4 self-start lg:sticky lg:top-4">
          {runs.length > 0 && (
            <ContentsPanel
              runs={runs}
              hasMore={offered.more !== null && search.run === undefined && search.runs === undefined}
              onlySelection={hasSelection && search.scope === 'matches'}
            />
          )}
          {start.error !== null && !standsAtFields(start.error, fields) && <ProblemNotice error={start.error} />}
          <Button type="submit" look="primary" disabled={wanted === null || start.isPending}>
            <FileOutput size={16} aria-hidden />
            {start.isPending ? form.starting : form.start}
          </Button>
          {missing !== null && <p className="text-sm text-ink-soft">{missingWords[missing]}</p>}
        </div>
      </div>
    </form>
  );
}
