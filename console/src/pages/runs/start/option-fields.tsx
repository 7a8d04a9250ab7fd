import { useQuery } from '@tanstack/react-query';

import { systemQuery } from '@/api/queries';
import { defaultModelName } from '@/components/models/processing-models';
import { Checkbox } from '@/components/ui/forms/checkbox';
import { NumberField } from '@/components/ui/forms/number-field';
import { Select } from '@/components/ui/forms/select';
import { TextField } from '@/components/ui/forms/text-field';
import { words } from '@/words/en';

import { type ModelChoice, type RunOptions, validSeconds } from './run-form';

const { form } = words.runs;

interface OptionFieldsProps {
  options: RunOptions;
  /** Whether the prompt makes a result of the whole medium, which fixed segments do not have. */
  hasWhole: boolean;
  onChange: (changes: Partial<RunOptions>) => void;
}

/** How the media of a run are cut into segments and what is done with them. */
export function OptionFields({ options, hasWhole, onChange }: OptionFieldsProps) {
  const models = useQuery({ ...systemQuery, staleTime: 60_000 }).data?.models.processing;
  const defaultName = models && defaultModelName(models);
  const modelLabels = { ...form.models, ...(defaultName === undefined ? {} : { default: form.defaultModel(defaultName) }) };
  return (
    <section aria-label={form.options} className="flex flex-col gap-3">
      <h2 className="text-base font-semibold">{form.options}</h2>
      <div className="grid gap-4 sm:grid-cols-2">
        <Select label={form.video} value={options.videoType} onChange={(videoType) => onChange({ videoType })} options={optionsFor(form.videoTypes)} />
        {options.videoType === 'fixed' && (
          <SecondsField label={form.videoSeconds} value={options.videoSeconds} onChange={(videoSeconds) => onChange({ videoSeconds })} />
        )}
        <Select label={form.audio} value={options.audioType} onChange={(audioType) => onChange({ audioType })} options={optionsFor(form.audioTypes)} />
        {options.audioType === 'fixed' && (
          <SecondsField label={form.audioSeconds} value={options.audioSeconds} onChange={(audioSeconds) => onChange({ audioSeconds })} />
        )}
        <Select<ModelChoice> label={form.model} value={options.model} onChange={(model) => onChange({ model })} options={optionsFor(modelLabels)} />
        {options.model === 'other' && (
          <TextField
            label={form.modelName}
            hint={form.modelHint}
            value={options.modelName}
            onValueChange={(modelName) => onChange({ modelName: modelName })}
          />
        )}
      </div>
      {hasWhole && options.videoType === 'fixed' && <p className="text-xs text-ink-soft">{form.wholeNote}</p>}
      <Checkbox label={form.transcription} checked={options.transcription} onChange={(transcription) => onChange({ transcription })} />
      <Checkbox label={form.imageEmbedding} checked={options.imageEmbedding} onChange={(imageEmbedding) => onChange({ imageEmbedding })} />
    </section>
  );
}

interface SecondsFieldProps {
  label: string;
  value: number | null;
  onChange: (seconds: number | null) => void;
}

function SecondsField({ label, value, onChange }: SecondsFieldProps) {
  return (
    <NumberField label={label} value={value} onChange={onChange} min={1} max={300} step={1} error={validSeconds(value) ? undefined : form.secondsRule} />
  );
}

function optionsFor<Name extends string>(labels: Record<Name, string>): { value: Name; label: string }[] {
  return (Object.keys(labels) as Name[]).map((value) => ({ value, label: labels[value] }));
}
