import { useNavigate } from '@tanstack/react-router';
import { Download, Ellipsis, Play, Scissors, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';

import { useMay } from '@/app/session/session';
import { useShortcuts } from '@/app/shortcuts/registry';
import { saveFromLink } from '@/components/files/save-file';
import { useMediaLink } from '@/components/media/media-link';
import { IconButton } from '@/components/ui/icon-button';
import { Menu } from '@/components/ui/overlays/menu';
import { DeleteMediaDialog } from '@/pages/library/deletion/delete-media-dialog';
import { words } from '@/words/en';

import type { Medium } from './medium-data';

const text = words.medium;

interface MediumActionsProps {
  medium: Medium;
  /** Whether the medium belongs to an index that nobody can change. */
  isReadOnly: boolean;
  /** The page that lists the medium, shown once it is deleted. */
  listPath: string;
  /** Makes a clip of what is selected; absent where it cannot. */
  onClip: (() => void) | undefined;
}

/** The actions of a medium: run a prompt, make a clip, download the playable file, delete it. The palette has them too. */
export function MediumActions({ medium, isReadOnly, listPath, onClip }: MediumActionsProps) {
  const navigate = useNavigate();
  const mayRun = useMay('write') && !isReadOnly;
  const mayDelete = useMay('admin') && !isReadOnly;
  const [isDeleting, setDeleting] = useState(false);
  const url = useMediaLink(medium.video_uri).data?.url;
  const { video_id: id, title } = medium;
  const entries = useMemo(
    () => [
      ...(mayRun ? [{ label: text.runPrompt, icon: Play, onSelect: () => void navigate({ to: '/runs/new', search: { video: [id] } }) }] : []),
      ...(onClip === undefined ? [] : [{ label: words.clips.make, icon: Scissors, onSelect: onClip }]),
      ...(url === undefined ? [] : [{ label: text.download, icon: Download, onSelect: () => saveFromLink(url, title) }]),
      ...(mayDelete ? [{ label: text.delete, icon: Trash2, danger: true, onSelect: () => setDeleting(true) }] : []),
    ],
    [id, mayDelete, mayRun, navigate, onClip, title, url],
  );
  useShortcuts(useMemo(() => entries.map(({ label, onSelect }) => ({ label, run: onSelect, inPalette: true })), [entries]));
  return (
    <>
      {entries.length > 0 && <Menu trigger={<IconButton icon={Ellipsis} label={text.actions} />} entries={entries} />}
      <DeleteMediaDialog
        open={isDeleting}
        onOpenChange={setDeleting}
        ids={[id]}
        title={title}
        onDeleted={() => void navigate({ href: listPath, replace: true })}
      />
    </>
  );
}
