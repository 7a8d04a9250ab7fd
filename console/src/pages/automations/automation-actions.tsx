import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/app/session/session';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { ConfirmDialog } from '@/components/ui/overlays/confirm-dialog';
import { words } from '@/words/en';

import { EditAutomationDialog } from './form/edit-automation-dialog';
import { type Automation, useAutomationDeletion, useAutomationPause } from './queries';

interface AutomationActionsProps {
  automation: Automation;
  /** The name of its index. */
  name: string;
}

/** What can be done with an automation. A key that may only read sees nothing. */
export function AutomationActions({ automation, name }: AutomationActionsProps) {
  const mayWrite = useMay('write');
  const mayDelete = useMay('admin');
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  const close = (isOpen: boolean) => {
    if (!isOpen) setDialog(null);
  };
  const pause = useAutomationPause(automation);
  const deletion = useAutomationDeletion(automation);
  if (!mayWrite) return null;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button disabled={pause.isPending} onClick={() => pause.mutate(!automation.paused)}>
          {automation.paused ? words.automations.resume : words.automations.pause}
        </Button>
        <Button onClick={() => setDialog('edit')}>{words.automations.edit}</Button>
        {mayDelete && (
          <Button look="danger" onClick={() => setDialog('delete')}>
            {words.automations.delete}
          </Button>
        )}
      </div>
      {pause.error !== null && <ProblemNotice error={pause.error} />}
      <EditAutomationDialog open={dialog === 'edit'} onOpenChange={close} automation={automation} name={name} />
      <ConfirmDialog
        open={dialog === 'delete'}
        onOpenChange={close}
        title={words.automations.deleteTitle(name)}
        confirmLabel={words.automations.delete}
        pending={deletion.isPending}
        error={deletion.error}
        onConfirm={() => deletion.mutate(undefined, { onSuccess: () => void navigate({ to: '/automations', replace: true }) })}
      >
        <p>{words.automations.deleteGoes}</p>
        <p>{words.automations.deleteHint}</p>
      </ConfirmDialog>
    </div>
  );
}
