import { Link } from '@tanstack/react-router';

import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { FieldError } from '@/components/ui/forms/field-error';
import { SegmentedControl } from '@/components/ui/forms/segmented-control';
import { Select } from '@/components/ui/forms/select';
import { TextField } from '@/components/ui/forms/text-field';
import { useConnectors } from '@/pages/connections/connectors/queries';
import { words } from '@/words/en';

import type { Destination } from './export-form';

const { form } = words.exports;

interface DestinationFieldsProps {
  destination: Destination;
  onDestination: (destination: Destination) => void;
  connectorId: string | undefined;
  onConnector: (connectorId: string) => void;
  errors: Readonly<Record<string, string>>;
}

/** Where the file of a new export goes: it waits for a download, or is written into a store. */
export function DestinationFields({ destination, onDestination, ...store }: DestinationFieldsProps) {
  return (
    <section aria-label={form.destination} className="flex flex-col gap-3">
      <h2 className="text-base font-semibold">{form.destination}</h2>
      <div>
        <SegmentedControl
          label={form.destination}
          value={destination.kind}
          onChange={(kind) => onDestination({ ...destination, kind })}
          options={(['download', 'connector'] as const).map((value) => ({ value, label: form.destinations[value] }))}
        />
      </div>
      {destination.kind === 'download' ? (
        <p className="text-ink-soft">{form.downloadHint}</p>
      ) : (
        <StoreFields path={destination.path} onPath={(path) => onDestination({ ...destination, path })} {...store} />
      )}
    </section>
  );
}

interface StoreFieldsProps extends Pick<DestinationFieldsProps, 'connectorId' | 'onConnector' | 'errors'> {
  path: string;
  onPath: (path: string) => void;
}

function StoreFields({ connectorId, onConnector, path, onPath, errors }: StoreFieldsProps) {
  const { data, error, refetch } = useConnectors();
  if (data === undefined) return error === null ? null : <ProblemNotice error={error} onRetry={() => void refetch()} />;
  const usable = data.filter(({ scopes }) => scopes.includes('export'));
  const chosen = usable.find(({ connector_id: id }) => id === connectorId);
  if (usable.length === 0) {
    return (
      <p className="text-ink-soft">
        {form.noConnector}{' '}
        <Link to="/connections" className="text-accent underline">
          {words.uploads.toConnections}
        </Link>
      </p>
    );
  }
  return (
    <div className="flex max-w-md flex-col gap-3">
      <Select
        label={form.connector}
        placeholder={form.chooseConnector}
        value={chosen?.connector_id ?? null}
        onChange={onConnector}
        options={usable.map(({ connector_id: value, name: label }) => ({ value, label }))}
      />
      <FieldError message={errors.destination_connector_id} />
      <TextField
        label={form.subpath}
        hint={form.subpathHint(chosen?.export_base_path ?? null)}
        value={path}
        onValueChange={onPath}
        error={errors.destination_subpath}
        spellCheck={false}
        autoComplete="off"
      />
    </div>
  );
}
