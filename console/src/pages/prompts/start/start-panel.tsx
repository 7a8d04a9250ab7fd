import { useMutation } from '@tanstack/react-query';
import { Sparkles } from 'lucide-react';
import { useState } from 'react';

import { api, unwrap } from '@/api/client';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { TextArea } from '@/components/ui/forms/text-area';
import { ConfirmDialog } from '@/components/ui/overlays/confirm-dialog';
import { draftOf, type PromptDraft } from '@/pages/prompts/draft/prompt-draft';
import { words } from '@/words/en';

import { examples } from './examples';

const { start } = words.prompts;

interface StartPanelProps {
  /** Whether a draft would take the place of something that the person wrote. */
  replaces: boolean;
  onDraft: (draft: PromptDraft) => void;
}

/** The ways to begin a prompt: an instruction in plain words, which the server turns into a prompt, or an example. */
export function StartPanel({ replaces, onDraft }: StartPanelProps) {
  const [offered, setOffered] = useState<PromptDraft | null>(null);
  const offer = (draft: PromptDraft) => {
    if (replaces) setOffered(draft);
    else onDraft(draft);
  };
  return (
    <section aria-label={start.title} className="grid gap-4 rounded-md border border-line bg-raised p-4 lg:grid-cols-2">
      <PlainWords onDraft={offer} />
      <div className="flex flex-col gap-2">
        <h2 className="text-sm font-medium">{start.examples}</h2>
        <ul className="grid gap-2 sm:grid-cols-2">
          {examples.map((example) => (
            <li key={example.name}>
              <button
                type="button"
                onClick={() => offer(example)}
                className="flex h-full w-full flex-col gap-1 rounded-md border border-line-strong bg-surface p-2 text-left hover:bg-sunken"
              >
                <span className="text-sm font-medium">{example.name}</span>
                <span className="text-xs text-ink-soft">{example.description}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      {offered !== null && (
        <ConfirmDialog
          open
          onOpenChange={(open) => {
            if (!open) setOffered(null);
          }}
          title={start.replaceTitle}
          confirmLabel={start.replace}
          onConfirm={() => {
            onDraft(offered);
            setOffered(null);
          }}
        >
          {start.replaceText}
        </ConfirmDialog>
      )}
    </section>
  );
}

function PlainWords({ onDraft }: { onDraft: (draft: PromptDraft) => void }) {
  const [instruction, setInstruction] = useState('');
  const writing = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v2/prompts/generate', { body: { instruction } })),
    onSuccess: (generated) => onDraft(draftOf(generated)),
  });
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!writing.isPending) writing.mutate();
      }}
    >
      <TextArea label={start.plainLabel} placeholder={start.plainPlaceholder} value={instruction} onChange={setInstruction} rows={4} />
      <div className="flex items-center gap-2">
        <Button type="submit" look="primary" disabled={writing.isPending || instruction.trim().length < 3}>
          <Sparkles size={16} aria-hidden />
          {writing.isPending ? start.writing : start.write}
        </Button>
        <p role="status" className="text-xs text-ink-soft">
          {writing.isSuccess ? start.written : ''}
        </p>
      </div>
      {writing.isError && <ProblemNotice error={writing.error} />}
    </form>
  );
}
