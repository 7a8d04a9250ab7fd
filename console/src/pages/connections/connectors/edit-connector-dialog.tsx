import { useState } from 'react';

import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { Dialog } from '@/components/ui/overlays/dialog';
import { fieldErrorsOf, standsAtFields } from '@/pages/connections/field-errors';
import { words } from '@/words/en';

import { changeOf, credentialFields, formOf } from './connector-fields';
import { KeyFileField, OptionFields, TextFields } from './connector-form-fields';
import { type Connector, useConnectorChange, useConnectorTest } from './queries';

interface EditConnectorDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  connector: Connector;
}

/** The dialog that changes a connector, rotates its credentials, and tests it afterwards. */
export function EditConnectorDialog({ open, onOpenChange, connector }: EditConnectorDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={words.connections.editConnectorTitle(connector.name)}>
      <EditConnectorForm connector={connector} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function EditConnectorForm({ connector, onDone }: { connector: Connector; onDone: () => void }) {
  const [form, setForm] = useState(() => formOf(connector));
  const [fileError, setFileError] = useState<string | null>(null);
  const change = useConnectorChange(connector.connector_id);
  const test = useConnectorTest();
  const errors = { ...fieldErrorsOf(change.error), ...(fileError === null ? {} : { credentials_file: fileError }) };
  const fields = { form, onChange: setForm, errors };
  const shown = ['name', 'scopes', 'export_base_path', 'credentials', ...credentialFields[connector.provider]];

  async function save(): Promise<void> {
    setFileError(null);
    const body = await changeOf(form).catch(() => null);
    if (body === null) {
      setFileError(words.connections.noKeyFile);
      return;
    }
    change.mutate(body, {
      onSuccess: () => {
        test.mutate(connector.connector_id);
        onDone();
      },
    });
  }

  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextFields {...fields} names={['name']} required />
      <OptionFields {...fields} />
      <fieldset className="flex flex-col gap-4 border-t border-line pt-4">
        <legend className="sr-only">{words.connections.newCredentials}</legend>
        <p className="text-ink-soft">{words.connections.newCredentialsText}</p>
        <TextFields {...fields} names={credentialFields[connector.provider]} required={false} />
        {connector.provider === 'gcs' && <KeyFileField {...fields} required={false} />}
      </fieldset>
      {change.error !== null && !standsAtFields(change.error, shown) && <ProblemNotice error={change.error} />}
      <footer className="flex justify-end">
        <Button type="submit" look="primary" disabled={change.isPending}>
          {words.connections.saveAndTest}
        </Button>
      </footer>
    </form>
  );
}
