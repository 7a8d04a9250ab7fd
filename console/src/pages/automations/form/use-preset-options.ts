import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { ImportAutomation } from '@/pages/automations/queries';
import { promptsQuery } from '@/pages/prompts/queries';
import { optionsOf, type RunOptions } from '@/pages/runs/start/run-form';

/** The options of the runs of an automation: those that it has, else those saved with the prompt, with the changes made here. */
export function usePresetOptions(promptId: string | null, saved: ImportAutomation | null) {
  const prompt = useQuery({ ...promptsQuery, enabled: promptId !== null }).data?.find((each) => each.prompt_id === promptId);
  const [changes, setChanges] = useState<{ promptId: string | null; options: Partial<RunOptions> }>({ promptId: null, options: {} });
  const frozen = saved?.prompt_preset;
  const first = useMemo(
    () => optionsOf(frozen != null && frozen.prompt_id === promptId ? { ...frozen } : prompt?.execution_config),
    [frozen, prompt, promptId],
  );
  const own = changes.promptId === promptId ? changes.options : {};
  return {
    options: { ...first, ...own },
    changeOptions: (next: Partial<RunOptions>) => setChanges({ promptId, options: { ...own, ...next } }),
  };
}
