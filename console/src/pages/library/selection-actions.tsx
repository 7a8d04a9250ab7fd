import { Link } from '@tanstack/react-router';
import { Play, Trash2, X } from 'lucide-react';
import { useState } from 'react';

import { useMay } from '@/app/session/session';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { DeleteMediaDialog } from '@/pages/library/deletion/delete-media-dialog';
import type { Medium } from '@/pages/library/media/medium';
import { words } from '@/words/en';

/** An address holds this many ids of media. More are run as a whole index. */
export const mostInAddress = 100;

interface SelectionActionsProps {
  media: readonly Medium[];
  onClear: () => void;
}

/** What can be done with the selected media. */
export function SelectionActions({ media, onClear }: SelectionActionsProps) {
  const mayDelete = useMay('admin');
  const [isDeleting, setDeleting] = useState(false);
  const ids = media.map(({ id }) => id);
  return (
    <div
      role="toolbar"
      aria-label={words.library.selected(media.length)}
      className="absolute inset-x-4 bottom-4 z-10 mx-auto flex w-fit max-w-full flex-wrap items-center gap-2 rounded-md border border-line-strong bg-raised p-2 pl-4"
    >
      <span role="status" className="text-sm">
        {words.library.selected(media.length)}
      </span>
      {ids.length <= mostInAddress ? (
        <Link
          to="/runs/new"
          search={{ video: ids }}
          className="inline-flex h-8 items-center gap-2 rounded-md border border-line-strong bg-surface px-3 font-medium hover:bg-raised"
        >
          <Play size={16} aria-hidden />
          {words.library.runPrompt}
        </Link>
      ) : (
        <span className="text-xs text-ink-soft">{words.library.tooManyToRun(mostInAddress)}</span>
      )}
      {mayDelete && (
        <Button look="danger" onClick={() => setDeleting(true)}>
          <Trash2 size={16} aria-hidden />
          {words.library.deleteMedia(ids.length)}
        </Button>
      )}
      <IconButton icon={X} label={words.library.clearSelection} onClick={onClear} />
      <DeleteMediaDialog
        open={isDeleting}
        onOpenChange={setDeleting}
        ids={ids}
        title={media.length === 1 ? media[0]?.title : undefined}
        onDeleted={onClear}
      />
    </div>
  );
}
