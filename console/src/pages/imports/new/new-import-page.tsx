import { getRouteApi } from '@tanstack/react-router';
import { FileInput } from 'lucide-react';
import { useEffect, useState } from 'react';

import { type Destination, isComplete } from '@/app/uploads/add/destination';
import { DestinationField } from '@/app/uploads/add/destination-field';
import { Button } from '@/components/ui/button';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { Select } from '@/components/ui/forms/select';
import { BackLink } from '@/components/ui/layout/back-link';
import { PageHeader } from '@/components/ui/layout/page-header';
import { useConnectors } from '@/pages/connections/connectors/queries';
import { fieldErrorsOf, standsAtFields } from '@/pages/connections/field-errors';
import type { ImportMode } from '@/pages/imports/queries';
import { words } from '@/words/en';

import { PreviewPanel } from './preview-panel';
import { requestOf, searchOf, selectionOf } from './selection';
import { SelectionFields } from './selection-fields';
import { usePreview } from './use-preview';
import { useSettled } from './use-settled';
import { useStart } from './use-start';

const route = getRouteApi('/shell/imports/new');
const asConnector = '';

/** An import before it starts: the files of a store, where they go, and what would come. */
export function NewImportPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [selection, setSelection] = useState(() => selectionOf(search));
  const [destination, setDestination] = useState<Destination>(() =>
    search.index === undefined ? { kind: 'new', name: '' } : { kind: 'index', indexId: search.index },
  );
  const [mode, setMode] = useState<ImportMode | typeof asConnector>(search.mode ?? asConnector);
  const settled = useSettled(selection);
  const indexId = destination.kind === 'index' ? destination.indexId : undefined;
  useEffect(() => {
    const chosen = { ...(indexId === undefined ? {} : { index: indexId }), ...(mode === asConnector ? {} : { mode }) };
    void navigate({ search: { ...searchOf(settled), ...chosen }, replace: true });
  }, [settled, indexId, mode, navigate]);
  const start = useStart();
  const preview = usePreview(settled);
  const fields = ['source_prefix', 'file_pattern'];
  const errors = { ...fieldErrorsOf(preview.error), ...fieldErrorsOf(start.error) };
  const body = { ...requestOf(selection), import_mode_override: mode === asConnector ? null : mode };
  const missing = missingOf(selection.connectorId, destination);
  const mayStart = missing === null && !start.isPending;
  return (
    <form
      className="flex min-h-full flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        if (mayStart) start.mutate({ body, destination, onIndex: (id) => setDestination({ kind: 'index', indexId: id }) });
      }}
    >
      <PageHeader
        title={words.imports.newTitle}
        detail={words.imports.newDetail}
        above={<BackLink path="/imports" label={words.imports.all} />}
        actions={indexId !== undefined && <CopyAs request={{ method: 'POST', path: '/api/v2/import-jobs', body: { ...body, index_id: indexId } }} />}
      />
      <div className="grid gap-6 px-4 pt-2 pb-8 lg:grid-cols-[minmax(0,24rem)_minmax(0,1fr)] lg:grid-rows-[auto_1fr]">
        <div className="flex min-w-0 flex-col gap-4">
          <SelectionFields selection={selection} onChange={setSelection} errors={errors} />
          <DestinationField destination={destination} onChange={setDestination} withPlayground={false} />
          <ModeField connectorId={selection.connectorId} mode={mode} onMode={setMode} />
        </div>
        <PreviewPanel selection={settled} onPattern={(pattern) => setSelection({ ...selection, pattern })} />
        <div className="flex min-w-0 flex-col gap-4">
          {start.error !== null && !standsAtFields(start.error, fields) && <ProblemNotice error={start.error} />}
          <Button type="submit" look="primary" className="self-start" disabled={!mayStart}>
            <FileInput size={16} aria-hidden />
            {start.isPending ? words.imports.starting : words.imports.start}
          </Button>
          {missing !== null && <p className="text-sm text-ink-soft">{missing}</p>}
        </div>
      </div>
    </form>
  );
}

/** Say what is missing before an import can start. Null: nothing. */
function missingOf(connectorId: string, destination: Destination): string | null {
  if (connectorId === '') return words.imports.needsConnector;
  return isComplete(destination) ? null : words.imports.needsIndex;
}

interface ModeFieldProps {
  connectorId: string;
  mode: ImportMode | typeof asConnector;
  onMode: (mode: ImportMode | typeof asConnector) => void;
}

function ModeField({ connectorId, mode, onMode }: ModeFieldProps) {
  const connector = useConnectors().data?.find((each) => each.connector_id === connectorId);
  const { modes, modeOfConnector } = words.imports;
  return (
    <Select<ImportMode | typeof asConnector>
      label={words.imports.mode}
      value={mode}
      onChange={onMode}
      options={[
        { value: asConnector, label: modeOfConnector(connector === undefined ? null : modes[connector.import_mode]) },
        { value: 'all', label: modes.all },
        { value: 'new_only', label: modes.new_only },
      ]}
    />
  );
}
