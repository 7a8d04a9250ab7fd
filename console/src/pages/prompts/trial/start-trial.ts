import { api, type Models, unwrap } from '@/api/client';
import { words } from '@/words/en';

import { createBody, type KeptSettings, type PromptDraft } from '../draft/prompt-draft';

interface TrialRequest {
  draft: PromptDraft;
  kept: KeptSettings | null;
  /** The stored prompt, if the draft is the same. Null: the draft is not saved. */
  promptId: string | null;
  videoId: string;
  mayDelete: boolean;
}

/**
 * Run a prompt on one medium.
 *
 * A draft that is not saved is run as a copy. A run keeps its own copy of the prompt, so the copy is removed
 * at once, also if the run cannot start.
 */
export async function startTrial({ draft, kept, promptId, videoId, mayDelete }: TrialRequest, key: string): Promise<Models['PromptRunWire']> {
  if (promptId !== null) return execute(promptId, videoId, key);
  const body = createBody(draft, kept);
  if (body === null) throw new Error(words.prompts.editor.formHeld);
  const name = words.prompts.trial.copyName(body.name.slice(0, 80));
  const copy = await unwrap(api.POST('/api/v2/prompts', { params: { header: { 'Idempotency-Key': `${key}-copy` } }, body: { ...body, name } }));
  try {
    return await execute(copy.prompt_id, videoId, key);
  } finally {
    await removeCopy(copy.prompt_id, mayDelete);
  }
}

function execute(promptId: string, videoId: string, key: string): Promise<Models['PromptRunWire']> {
  return unwrap(
    api.POST('/api/v2/prompt-runs/execute', {
      params: { header: { 'Idempotency-Key': key } },
      body: {
        prompt_id: promptId,
        target: { type: 'videos', video_ids: [videoId] },
        video_segmentation_type: 'smart',
        audio_segmentation_type: 'content_aware',
        enable_transcription: true,
        enable_image_embedding: true,
      },
    }),
  );
}

async function removeCopy(promptId: string, mayDelete: boolean): Promise<void> {
  const path = { prompt_id: promptId };
  if (mayDelete) await unwrap(api.DELETE('/api/v2/prompts/{prompt_id}', { params: { path, query: { force: true } } }));
  else {
    const body = { is_active: false, clear_video_level: false, clear_selection_filter: false };
    await unwrap(api.PUT('/api/v2/prompts/{prompt_id}', { params: { path }, body }));
  }
}
