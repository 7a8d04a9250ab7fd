import { useQuery } from '@tanstack/react-query';

import { Select } from '@/components/ui/forms/select';
import { promptsQuery } from '@/pages/prompts/queries';
import { OptionFields } from '@/pages/runs/start/option-fields';
import type { RunOptions } from '@/pages/runs/start/run-form';
import { words } from '@/words/en';

const none = '';

interface PresetFieldsProps {
  promptId: string | null;
  onPrompt: (promptId: string | null) => void;
  options: RunOptions;
  onOptions: (changes: Partial<RunOptions>) => void;
}

/** The prompt that runs over what an automation has imported, with the options of the runs. */
export function PresetFields({ promptId, onPrompt, options, onOptions }: PresetFieldsProps) {
  const prompts = useQuery(promptsQuery).data?.filter((prompt) => prompt.is_active || prompt.prompt_id === promptId) ?? [];
  const chosen = prompts.find((prompt) => prompt.prompt_id === promptId);
  return (
    <>
      <Select
        label={words.automations.prompt}
        value={promptId ?? none}
        onChange={(next) => onPrompt(next === none ? null : next)}
        options={[{ value: none, label: words.automations.noPrompt }, ...prompts.map(({ prompt_id: value, name: label }) => ({ value, label }))]}
      />
      {promptId !== null && (
        <>
          <p className="-mt-3 text-xs text-ink-soft">{words.automations.promptHint}</p>
          <details className="rounded-md border border-line p-3">
            <summary className="cursor-pointer font-medium">{words.automations.runOptions}</summary>
            <div className="pt-3">
              <OptionFields options={options} hasWhole={chosen !== undefined && chosen.video_level !== null} onChange={onOptions} />
            </div>
          </details>
        </>
      )}
    </>
  );
}
