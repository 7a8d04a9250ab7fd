import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { api, unwrap } from '@/api/client';
import { queryClient } from '@/api/query-client';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { TextField } from '@/components/ui/forms/text-field';
import { Dialog } from '@/components/ui/overlays/dialog';
import { words } from '@/words/en';

interface CreateIndexDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Asks for the name of a new index and opens the index. */
export function CreateIndexDialog({ open, onOpenChange }: CreateIndexDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={words.library.createIndex} description={words.library.createIndexText}>
      <CreateIndexForm onCreated={() => onOpenChange(false)} />
    </Dialog>
  );
}

function CreateIndexForm({ onCreated }: { onCreated: () => void }) {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const create = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v2/indexes', { body: { name: name.trim() } })),
    onSuccess: async (index) => {
      await queryClient.invalidateQueries({ queryKey: ['indexes'] });
      onCreated();
      await navigate({ to: '/indexes/$indexId', params: { indexId: index.index_id } });
    },
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') create.mutate();
      }}
    >
      <TextField label={words.library.indexName} value={name} onValueChange={(value) => setName(value)} maxLength={255} autoFocus autoComplete="off" />
      {create.isError && <ProblemNotice error={create.error} />}
      <Button type="submit" look="primary" className="self-end" disabled={name.trim() === '' || create.isPending}>
        {words.library.createIndex}
      </Button>
    </form>
  );
}
