import type { Models } from '@/api/client';
import { fieldsOf } from '@/pages/prompts/schema/fields';

/** How often a prompt was used, among the runs that are known, and when it was last. */
export interface PromptUse {
  runs: number;
  last: string;
}

/** Count the runs of each prompt. `runs` are the newest first, as the server lists them. */
export function runsByPrompt(runs: readonly Models['PromptRunWire'][]): Map<string, PromptUse> {
  const uses = new Map<string, PromptUse>();
  for (const { prompt_id, executed_at } of runs) {
    const use = uses.get(prompt_id) ?? { runs: 0, last: executed_at };
    uses.set(prompt_id, { runs: use.runs + 1, last: use.last > executed_at ? use.last : executed_at });
  }
  return uses;
}

/** Return the prompts whose name, description or fields have all words of the search. */
export function filteredPrompts(prompts: readonly Models['Prompt'][], search: string, inactive: boolean): Models['Prompt'][] {
  const sought = search.toLowerCase().split(/\s+/).filter(Boolean);
  return prompts.filter((prompt) => {
    if (!inactive && !prompt.is_active) return false;
    if (sought.length === 0) return true;
    const fields = fieldsOf(prompt.json_schema).map(({ name }) => name);
    const text = [prompt.name, prompt.description, ...fields].join('\n').toLowerCase();
    return sought.every((word) => text.includes(word));
  });
}
