import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CopyPlus, EllipsisVertical, Eye, EyeOff, Trash2 } from 'lucide-react';
import { useState } from 'react';

import { api, type Models, unwrap } from '@/api/client';
import { useMay } from '@/app/session/session';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/overlays/confirm-dialog';
import { Menu, type MenuEntry } from '@/components/ui/overlays/menu';
import { dropDraft } from '@/pages/prompts/draft/draft-storage';
import { defaultPromptId } from '@/pages/prompts/draft/prompt-draft';
import { promptQuery, promptUsageQuery } from '@/pages/prompts/queries';
import { words } from '@/words/en';

/** The menu of a prompt: duplicate, deactivate, delete. What the key or the prompt does not permit is absent. */
export function PromptActions({ prompt }: { prompt: Models['Prompt'] }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const mayWrite = useMay('write');
  const mayDelete = useMay('admin') && prompt.prompt_id !== defaultPromptId;
  const activity = useMutation({
    mutationFn: (is_active: boolean) =>
      unwrap(
        api.PUT('/api/v2/prompts/{prompt_id}', {
          params: { path: { prompt_id: prompt.prompt_id } },
          body: { is_active, clear_video_level: false, clear_selection_filter: false },
        }),
      ),
    onSuccess: (changed) => {
      client.setQueryData(promptQuery(prompt.prompt_id).queryKey, changed);
      void client.invalidateQueries({ queryKey: ['prompts'] });
    },
  });
  if (!mayWrite) return null;
  const entries: MenuEntry[] = [
    {
      label: words.prompts.duplicate,
      icon: CopyPlus,
      onSelect: () => void navigate({ to: '/prompts/new', search: { from: prompt.prompt_id } }),
    },
  ];
  if (prompt.prompt_id !== defaultPromptId) {
    entries.push({
      label: prompt.is_active ? words.prompts.deactivate : words.prompts.activate,
      icon: prompt.is_active ? EyeOff : Eye,
      onSelect: () => activity.mutate(!prompt.is_active),
    });
  }
  if (mayDelete) entries.push({ label: words.prompts.delete, icon: Trash2, danger: true, onSelect: () => setAsked(true) });
  return (
    <>
      <Menu
        trigger={
          <Button look="quiet" square aria-label={words.prompts.more} title={words.prompts.more}>
            <EllipsisVertical size={18} aria-hidden />
          </Button>
        }
        entries={entries}
      />
      {asked && <DeletePrompt prompt={prompt} onClose={() => setAsked(false)} />}
    </>
  );
}

function DeletePrompt({ prompt, onClose }: { prompt: Models['Prompt']; onClose: () => void }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const usage = useQuery({ ...promptUsageQuery(prompt.prompt_id), staleTime: 0 });
  const deletion = useMutation({
    mutationFn: (force: boolean) =>
      unwrap(
        api.DELETE('/api/v2/prompts/{prompt_id}', { params: { path: { prompt_id: prompt.prompt_id }, query: { force } } }),
      ),
    onSuccess: async () => {
      dropDraft(prompt.prompt_id);
      await navigate({ to: '/prompts', ignoreBlocker: true });
      client.removeQueries({ queryKey: promptQuery(prompt.prompt_id).queryKey });
      void client.invalidateQueries({ queryKey: ['prompts'] });
    },
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={words.prompts.deleteQuestion(prompt.name)}
      confirmLabel={words.prompts.delete}
      pending={usage.isPending || deletion.isPending}
      error={deletion.error ?? usage.error}
      onConfirm={() => deletion.mutate(usage.data?.is_in_use ?? false)}
    >
      <p>{words.prompts.deleteText}</p>
      {usage.data?.is_in_use === true && <p>{words.prompts.deleteInUse}</p>}
    </ConfirmDialog>
  );
}
