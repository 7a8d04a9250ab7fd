import { useMutation, useQueryClient } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';
import { idempotencyKey } from '@/api/idempotency-key';
import { createBody, type KeptSettings, type PromptDraft, updateBody } from '@/pages/prompts/draft/prompt-draft';
import { promptQuery } from '@/pages/prompts/queries';

interface SaveRequest {
  draft: PromptDraft;
  /** The prompt to change. Null creates one. */
  promptId: string | null;
  kept: KeptSettings | null;
}

/** Store a draft. Its schemas must be JSON. */
async function savePrompt({ draft, promptId, kept }: SaveRequest, key: string): Promise<Models['Prompt']> {
  const header = { 'Idempotency-Key': key };
  if (promptId === null || kept === null) {
    const body = createBody(draft, kept);
    if (body === null) throw new Error('The schema is no JSON object.');
    return unwrap(api.POST('/api/v2/prompts', { params: { header }, body }));
  }
  const body = updateBody(draft, kept);
  if (body === null) throw new Error('The schema is no JSON object.');
  return unwrap(api.PUT('/api/v2/prompts/{prompt_id}', { params: { path: { prompt_id: promptId }, header }, body }));
}

/** Save a prompt and show it everywhere. */
export function useSavePrompt(onSaved: (prompt: Models['Prompt']) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: SaveRequest) => savePrompt(request, idempotencyKey()),
    onSuccess: (prompt) => {
      client.setQueryData(promptQuery(prompt.prompt_id).queryKey, prompt);
      void client.invalidateQueries({ queryKey: ['prompts'] });
      onSaved(prompt);
    },
  });
}
