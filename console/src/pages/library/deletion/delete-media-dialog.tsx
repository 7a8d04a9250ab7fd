import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { ProgressBar } from '@/components/ui/progress-bar';
import { deleteMedia } from '@/pages/library/deletion/delete-media';
import { forgetMedia } from '@/pages/library/media/use-media';
import { words } from '@/words/en';

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
