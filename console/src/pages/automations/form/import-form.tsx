import { useState } from 'react';

import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { Checkbox } from '@/components/ui/forms/checkbox';
import { Select } from '@/components/ui/forms/select';
import { type ImportAutomation, useImportAutomationSaving } from '@/pages/automations/queries';
import { fieldErrorsOf, standsAtFields } from '@/pages/connections/field-errors';
import { PreviewLine } from '@/pages/imports/new/preview-line';
import { SelectionFields } from '@/pages/imports/new/selection-fields';
import { words } from '@/words/en';

import { bodyOf, intervals, valuesOf } from './import-values';
import { PresetFields } from './preset-fields';
import { usePresetOptions } from './use-preset-options';

interface ImportFormProps {
  /** Null while no index is chosen. */
  indexId: string | null;
  /** The automation whose settings are replaced; null: a new one. */
  saved: ImportAutomation | null;
  onSaved: () => void;
}

const fields = ['connector_id', 'source_prefix', 'file_pattern'];

/** The settings of an import automation: what it watches, when it imports, and what runs over what came. */
export function ImportForm({ indexId, saved, onSaved }: ImportFormProps) {
  const [values, setValues] = useState(() => valuesOf(saved));
  const { options, changeOptions } = usePresetOptions(values.promptId, saved);
  const saving = useImportAutomationSaving();
  const body = bodyOf(values, options, saved);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (body !== null && indexId !== null) saving.mutate({ indexId, body }, { onSuccess: onSaved });
      }}
    >
      <SelectionFields selection={values.selection} onChange={(selection) => setValues({ ...values, selection })} errors={fieldErrorsOf(saving.error)} />
      <PreviewLine selection={values.selection} />
      <Select
        label={words.automations.interval}
        value={values.interval}
        onChange={(interval) => setValues({ ...values, interval })}
        options={intervals.map((value) => ({ value, label: words.automations.intervals[value] }))}
      />
      <p className="-mt-3 text-xs text-ink-soft">{words.automations.intervalHint}</p>
      <PresetFields
        promptId={values.promptId}
        onPrompt={(promptId) => setValues({ ...values, promptId })}
        options={options}
        onOptions={changeOptions}
      />
      <Checkbox label={words.automations.enabled} checked={values.isEnabled} onChange={(isEnabled) => setValues({ ...values, isEnabled })} />
      {saving.error !== null && !standsAtFields(saving.error, fields) && <ProblemNotice error={saving.error} />}
      <footer className="flex justify-end">
        <Button type="submit" look="primary" disabled={body === null || indexId === null || saving.isPending}>
          {words.automations.save}
        </Button>
      </footer>
    </form>
  );
}
