import { useState } from 'react';

import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SegmentedControl } from '@/components/ui/forms/segmented-control';
import { Dialog } from '@/components/ui/overlays/dialog';
import { fieldErrorsOf, standsAtFields } from '@/pages/connections/field-errors';
import { words } from '@/words/en';

import {
  addressFields,
  createConnector,
  credentialFields,
  emptyForm,
  type Provider,
} from './connector-fields';
import { KeyFileField, OptionFields, TextFields } from './connector-form-fields';
import { useConnectorMutation, useConnectorTest } from './queries';

interface NewConnectorDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** The dialog that makes a connector and tests it at once. */
export function NewConnectorDialog({ open, onOpenChange }: NewConnectorDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={words.connections.newConnector} description={words.connections.newConnectorText}>
      <NewConnectorForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

const providers: readonly Provider[] = ['s3', 'gcs', 'azure'];

function NewConnectorForm({ onDone }: { onDone: () => void }) {
  const [form, setForm] = useState(emptyForm);
  const test = useConnectorTest();
  const creation = useConnectorMutation(createConnector);
  const errors = fieldErrorsOf(creation.error);
  const fields = { form, onChange: setForm, errors };
  const shown = ['name', 'scopes', 'export_base_path', 'credentials_file', ...addressFields[form.provider], ...credentialFields[form.provider]];
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        creation.mutate(form, {
          onSuccess: ({ connector_id: connectorId }) => {
            test.mutate(connectorId);
            onDone();
          },
        });
      }}
    >
      <SegmentedControl
        label={words.connections.provider}
        value={form.provider}
        onChange={(provider) => setForm({ ...form, provider })}
        options={providers.map((value) => ({ value, label: words.connections.providers[value] }))}
      />
      <TextFields {...fields} names={['name', ...addressFields[form.provider]]} required />
      <TextFields {...fields} names={credentialFields[form.provider]} required />
      {form.provider === 'gcs' && <KeyFileField {...fields} required />}
      <OptionFields {...fields} />
      {creation.error !== null && !standsAtFields(creation.error, shown) && <ProblemNotice error={creation.error} />}
      <p className="text-xs text-ink-soft">
        <a className="text-accent underline" href="/docs/guides/connectors/">
          {words.connections.connectorGuide}
        </a>
      </p>
      <footer className="flex justify-end">
        <Button type="submit" look="primary" disabled={creation.isPending}>
          {words.connections.createAndTest}
        </Button>
      </footer>
    </form>
  );
}
