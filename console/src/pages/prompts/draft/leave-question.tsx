import { useBlocker } from '@tanstack/react-router';

import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/overlays/dialog';
import { words } from '@/words/en';

interface LeaveQuestionProps {
  changed: boolean;
  onDiscard: () => void;
}

/** The question before a page with unsaved changes is left. The changes stay in the tab unless they are discarded. */
export function LeaveQuestion({ changed, onDiscard }: LeaveQuestionProps) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => changed && current.pathname !== next.pathname,
    enableBeforeUnload: changed,
    withResolver: true,
  });
  if (blocker.status !== 'blocked') return null;
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) blocker.reset();
      }}
      title={words.prompts.leaveTitle}
      description={words.prompts.leaveText}
      actions={
        <>
          <Button
            look="danger"
            onClick={() => {
              onDiscard();
              blocker.proceed();
            }}
          >
            {words.prompts.leaveDiscard}
          </Button>
          <Button onClick={blocker.proceed}>{words.prompts.leave}</Button>
          <Button look="primary" onClick={blocker.reset}>
            {words.prompts.stay}
          </Button>
        </>
      }
    />
  );
}
