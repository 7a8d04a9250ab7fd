import { useState } from 'react';

import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { Checkbox } from '@/components/ui/forms/checkbox';
import { Select } from '@/components/ui/forms/select';
import { TextField } from '@/components/ui/forms/text-field';
import { type ExportAutomation, useExportAutomationSaving } from '@/pages/automations/queries';
import { useConnectors } from '@/pages/connections/connectors/queries';
import { fieldErrorsOf, standsAtFields } from '@/pages/connections/field-errors';
import { words } from '@/words/en';

interface ExportFormProps {
  /** Null while no index is chosen. */
  indexId: string | null;
  /** The automation whose settings are replaced; null: a new one. */
  saved: ExportAutomation | null;
  onSaved: () => void;
}

/** The settings of an export automation: where results are to be delivered. */
export function ExportForm({ indexId, saved, onSaved }: ExportFormProps) {
  const [connectorId, setConnectorId] = useState(saved?.destination_connector_id ?? '');
  const [path, setPath] = useState(saved?.destination_subpath ?? '');
  const [isEnabled, setEnabled] = useState(saved?.enabled ?? true);
  const usable = useConnectors().data?.filter(({ scopes }) => scopes.includes('export')) ?? [];
  const saving = useExportAutomationSaving();
  const isChosen = usable.some(({ connector_id: id }) => id === connectorId);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const body = {
          destination_connector_id: connectorId,
          destination_subpath: path === '' ? null : path,
          enabled: isEnabled,
          paused: saved?.paused ?? false,
        };
        if (isChosen && indexId !== null) saving.mutate({ indexId, body }, { onSuccess: onSaved });
      }}
    >
      <p className="text-ink-soft">{words.automations.exportText}</p>
      <Select
        label={words.imports.connector}
        placeholder={usable.length === 0 ? words.automations.noExportConnector : words.imports.chooseConnector}
        value={isChosen ? connectorId : null}
        onChange={setConnectorId}
        options={usable.map(({ connector_id: value, name: label }) => ({ value, label }))}
      />
      <TextField
        label={words.automations.subpath}
        hint={words.automations.subpathHint}
        value={path}
        onValueChange={setPath}
        error={fieldErrorsOf(saving.error).destination_subpath}
        spellCheck={false}
        autoComplete="off"
      />
      <Checkbox label={words.automations.enabled} checked={isEnabled} onChange={setEnabled} />
      {saving.error !== null && !standsAtFields(saving.error, ['destination_subpath']) && <ProblemNotice error={saving.error} />}
      <footer className="flex justify-end">
        <Button type="submit" look="primary" disabled={!isChosen || indexId === null || saving.isPending}>
          {words.automations.save}
        </Button>
      </footer>
    </form>
  );
}
