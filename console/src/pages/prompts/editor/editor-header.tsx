import { Link } from '@tanstack/react-router';
import { FlaskConical, Play, Save } from 'lucide-react';

import type { Models } from '@/api/client';
import { useMay } from '@/app/session/session';
import { formatDateTime } from '@/components/time/format';
import { Button } from '@/components/ui/button';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { BackLink } from '@/components/ui/layout/back-link';
import { PageHeader } from '@/components/ui/layout/page-header';
import { words } from '@/words/en';

import { PromptActions } from './prompt-actions';

interface EditorHeaderProps {
  prompt: Models['Prompt'] | null;
  title: string;
  changed: boolean;
  saving: boolean;
  saved: boolean;
  readOnly: boolean;
  trial: boolean;
  onTrial: () => void;
  onSave: () => void;
}

/** The head of the editor: whether the prompt is saved, and what can be done with it. */
export function EditorHeader({ prompt, title, changed, saving, saved, readOnly, trial, onTrial, onSave }: EditorHeaderProps) {
  const mayWrite = useMay('write');
  return (
    <PageHeader
      title={title.trim() === '' ? words.prompts.newTitle : title}
      above={<BackLink path="/prompts" label={words.prompts.back} />}
      detail={<span role="status">{stateOf({ prompt, changed, saving, saved, readOnly })}</span>}
      actions={
        <>
          {prompt !== null && <CopyAs request={{ method: 'GET', path: `/api/v2/prompts/${prompt.prompt_id}` }} />}
          {mayWrite && (
            <Button onClick={onTrial} aria-pressed={trial}>
              <FlaskConical size={16} aria-hidden />
              {words.prompts.trial.open}
            </Button>
          )}
          {mayWrite && prompt !== null && (
            <Link
              to="/runs/new"
              search={{ prompt: prompt.prompt_id }}
              className="inline-flex h-8 items-center gap-2 rounded-md border border-line-strong px-3 text-sm font-medium whitespace-nowrap hover:bg-raised"
            >
              <Play size={16} aria-hidden />
              {words.prompts.run}
            </Link>
          )}
          {!readOnly && (
            <Button look="primary" onClick={onSave} disabled={!changed || saving}>
              <Save size={16} aria-hidden />
              {saving ? words.prompts.saving : words.prompts.save}
            </Button>
          )}
          {prompt !== null && <PromptActions prompt={prompt} />}
        </>
      }
    />
  );
}

function stateOf({ prompt, changed, saving, saved, readOnly }: Pick<EditorHeaderProps, 'prompt' | 'changed' | 'saving' | 'saved' | 'readOnly'>): string {
  if (saving) return words.prompts.saving;
  if (prompt === null || readOnly) return prompt === null ? '' : words.prompts.changedOn(formatDateTime(prompt.updated_at));
  if (changed) return words.prompts.unsaved;
  return saved ? words.prompts.saved : words.prompts.changedOn(formatDateTime(prompt.updated_at));
}
