import { useState } from 'react';

import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { Checkbox } from '@/components/ui/forms/checkbox';
import { TextField } from '@/components/ui/forms/text-field';
import { fieldErrorsOf, standsAtFields } from '@/pages/connections/field-errors';
import { useIndexes } from '@/pages/connections/webhooks/queries';
import { words } from '@/words/en';

import { EventChoice } from './event-choice';
import { missingFields } from './missing-fields';

/** What a person chooses about a webhook. No index means all. */
interface WebhookFormValues {
  name: string;
  url: string;
  events: string[];
  index_ids: string[];
}

interface WebhookFormProps {
  initial: WebhookFormValues;
  submitLabel: string;
  onSubmit: (values: WebhookFormValues) => void;
  pending: boolean;
  error: unknown;
}

const names = ['name', 'url', 'events', 'index_ids'] as const;

/** The form of a webhook: its name, its address, its events and its indexes. */
export function WebhookForm({ initial, submitLabel, onSubmit, pending, error }: WebhookFormProps) {
  const [values, setValues] = useState(initial);
  const [isChecked, setChecked] = useState(false);
  const change = (part: Partial<WebhookFormValues>) => setValues({ ...values, ...part });
  const missing = missingFields(values);
  const errors = { ...fieldErrorsOf(error), ...(isChecked ? missing : {}) };
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (Object.keys(missing).length === 0) onSubmit(values);
      }}
    >
      <TextField
        label={words.connections.fields.name}
        value={values.name}
        onValueChange={(name) => change({ name })}
        required
        autoComplete="off"
        error={errors.name}
      />
      <TextField
        label={words.connections.webhookUrl}
        hint={words.connections.webhookUrlHint}
        value={values.url}
        onValueChange={(url) => change({ url })}
        required
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        error={errors.url}
      />
      <EventChoice chosen={values.events} onChange={(events) => change({ events })} error={errors.events} />
      <IndexChoice chosen={values.index_ids} onChange={(ids) => change({ index_ids: ids })} error={errors.index_ids} />
      {error != null && !standsAtFields(error, names) && <ProblemNotice error={error} />}
      <footer className="flex justify-end">
        <Button type="submit" look="primary" disabled={pending}>
          {submitLabel}
        </Button>
      </footer>
    </form>
  );
}

interface IndexChoiceProps {
  chosen: readonly string[];
  onChange: (indexIds: string[]) => void;
  error: string | undefined;
}

function IndexChoice({ chosen, onChange, error }: IndexChoiceProps) {
  const { data } = useIndexes();
  if (data === undefined || data.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-sm font-medium">{words.connections.indexes}</legend>
      <p className="text-xs text-ink-soft">{words.connections.indexesHint}</p>
      <div className="flex max-h-40 flex-col overflow-auto">
        {data.map(({ index_id: id, name }) => (
          <Checkbox
            key={id}
            label={<span className="wrap-anywhere">{name}</span>}
            checked={chosen.includes(id)}
            onChange={(checked) => onChange(checked ? [...chosen, id] : chosen.filter((each) => each !== id))}
          />
        ))}
      </div>
      {error !== undefined && <p className="text-xs text-warning">{error}</p>}
    </fieldset>
  );
}
