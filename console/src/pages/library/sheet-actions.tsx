import { useNavigate } from '@tanstack/react-router';
import { Ellipsis, FileOutput, Play, Search, Trash2 } from 'lucide-react';
import { useState } from 'react';

import { useMay } from '@/app/session/session';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { IconButton } from '@/components/ui/icon-button';
import { Menu } from '@/components/ui/overlays/menu';
import { words } from '@/words/en';

import { DeleteIndexDialog } from './deletion/delete-index-dialog';
import type { IndexId } from './media/use-media';

interface SheetActionsProps {
  indexId: IndexId;
  name: string;
  isReadOnly: boolean;
}

/** The actions of an index: search it, run a prompt, export its results, delete it. */
export function SheetActions({ indexId, name, isReadOnly }: SheetActionsProps) {
  const navigate = useNavigate();
  const mayRun = useMay('write') && !isReadOnly;
  const mayDelete = useMay('admin') && !isReadOnly;
  const [isDeleting, setDeleting] = useState(false);
  const path = indexId === null ? '/api/v2/playground/videos' : `/api/v2/indexes/${indexId}/videos`;
  return (
    <>
      <CopyAs request={{ method: 'GET', path }} />
      <Menu
        trigger={<IconButton icon={Ellipsis} label={words.library.actions} />}
        entries={[
          {
            label: words.library.searchHere,
            icon: Search,
            onSelect: () => void navigate({ to: '/search', search: { index: indexId ?? 'playground' } }),
          },
          ...(mayRun
            ? [
                {
                  label: words.library.runPrompt,
                  icon: Play,
                  onSelect: () => void navigate({ to: '/runs/new', search: indexId === null ? { playground: true } : { index: indexId } }),
                },
              ]
            : []),
          ...(mayRun && indexId !== null
            ? [{ label: words.exports.entry, icon: FileOutput, onSelect: () => void navigate({ to: '/exports/new', search: { index: indexId } }) }]
            : []),
          ...(mayDelete && indexId !== null
            ? [{ label: words.library.deleteIndex, icon: Trash2, danger: true, onSelect: () => setDeleting(true) }]
            : []),
        ]}
      />
      {indexId !== null && mayDelete && <DeleteIndexDialog open={isDeleting} onOpenChange={setDeleting} indexId={indexId} name={name} />}
    </>
  );
}
