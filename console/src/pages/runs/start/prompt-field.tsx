import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { Select } from '@/components/ui/forms/select';
import { promptsQuery } from '@/pages/prompts/queries';
import { fieldsOf } from '@/pages/prompts/schema/fields';
import { words } from '@/words/en';

const { form } = words.runs;

interface PromptFieldProps {
  value: string;
  onChange: (promptId: string) => void;
}

/** The prompt of a new run, with its fields. */
export function PromptField({ value, onChange }: PromptFieldProps) {
  const prompts = useQuery(promptsQuery);
  const offered = (prompts.data ?? []).filter((prompt) => prompt.is_active || prompt.prompt_id === value);
  const chosen = offered.find((prompt) => prompt.prompt_id === value);
  return (
    <section aria-label={form.prompt} className="flex flex-col gap-3">
      <h2 className="text-base font-semibold">{form.prompt}</h2>
      {prompts.isError && <ProblemNotice error={prompts.error} onRetry={() => void prompts.refetch()} />}
      <Select
        label={form.prompt}
        hideLabel
        placeholder={form.choosePrompt}
        value={chosen?.prompt_id ?? null}
        onChange={onChange}
        options={offered.map((prompt) => ({ value: prompt.prompt_id, label: prompt.name }))}
        className="max-w-md"
      />
      {chosen !== undefined && (
        <div className="flex flex-col gap-1 text-ink-soft">
          <p className="wrap-anywhere">{chosen.prompt_text}</p>
          <p className="font-mono text-xs wrap-anywhere">
            {fieldsOf(chosen.json_schema)
              .map(({ name }) => name)
              .join(', ')}
          </p>
        </div>
      )}
      <Link to="/prompts/new" className="self-start underline">
        {form.makePrompt}
      </Link>
    </section>
  );
}
