import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';

import { api, unwrap } from '@/api/client';
import { indexesQuery } from '@/api/queries';
import { queryClient } from '@/api/query-client';
import { ConfirmDialog } from '@/components/ui/overlays/confirm-dialog';
import { useMedia } from '@/pages/library/media/use-media';
import { words } from '@/words/en';

import { followDeletion } from './index-deletions';

interface DeleteIndexDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  indexId: string;
  name: string;
}

/** Asks for the name of an index before it is deleted, and says what goes with it. */
export function DeleteIndexDialog({ open, onOpenChange, indexId, name }: DeleteIndexDialogProps) {
  const navigate = useNavigate();
  const list = useMedia({ indexId }).data;
  const deletion = useMutation({
    mutationFn: () => unwrap(api.DELETE('/api/v2/indexes/{index_id}', { params: { path: { index_id: indexId } } })),
    onSuccess: async () => {
      followDeletion({ indexId, name });
      onOpenChange(false);
      queryClient.setQueryData(indexesQuery.queryKey, (indexes) => indexes?.filter(({ index_id }) => index_id !== indexId));
      await navigate({ to: '/' });
      queryClient.removeQueries({ queryKey: ['videos', 'list', indexId] });
      await queryClient.invalidateQueries({ queryKey: ['indexes'] });
    },
  });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={words.library.deleteIndexTitle(name)}
      confirmLabel={words.library.deleteIndex}
      nameToType={name}
      onConfirm={() => deletion.mutate()}
      pending={deletion.isPending}
      error={deletion.error}
    >
      <p>{words.library.deleteIndexText(list?.media.length ?? 0, list?.complete ?? false)}</p>
    </ConfirmDialog>
  );
}
