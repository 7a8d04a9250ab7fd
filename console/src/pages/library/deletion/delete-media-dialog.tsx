import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { ConfirmDialog } from '@/components/ui/overlays/confirm-dialog';
import { forgetMedia } from '@/pages/library/media/use-media';
import { words } from '@/words/en';

import { deleteMedia } from './delete-media';

interface DeleteMediaDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  ids: readonly string[];
  /** The title, if it is a single medium. */
  title: string | undefined;
  onDeleted: () => void;
}

/** Asks before media are deleted. */
export function DeleteMediaDialog({ open, onOpenChange, ids, title, onDeleted }: DeleteMediaDialogProps) {
  const [done, setDone] = useState(0);
  const deletion = useMutation({
    mutationFn: async () => {
      const { deleted, failures } = await deleteMedia(ids, setDone);
      forgetMedia(deleted);
      if (failures.length > 0) throw failures[0];
    },
    onSuccess: () => {
      onOpenChange(false);
      onDeleted();
    },
  });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={words.library.deleteMediaTitle(ids.length, title)}
      confirmLabel={words.library.deleteMedia(ids.length)}
      onConfirm={() => deletion.mutate()}
      pending={deletion.isPending}
      error={deletion.error}
    >
      <p>{words.library.deleteMediaText}</p>
      {deletion.isPending && ids.length > 1 && <ProgressBar label={words.library.deleteMedia(ids.length)} value={done / ids.length} />}
    </ConfirmDialog>
  );
}
