import { useNavigate } from '@tanstack/react-router';
import { Download, Ellipsis, Play, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';

import { useMay } from '@/app/session/session';
import { useShortcuts } from '@/app/shortcuts/registry';
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
}

/** The actions of a medium: run a prompt, download the playable file, delete it. The palette has them too. */
export function MediumActions({ medium, isReadOnly, listPath }: MediumActionsProps) {
  const navigate = useNavigate();
  const mayRun = useMay('write') && !isReadOnly;
  const mayDelete = useMay('admin') && !isReadOnly;
  const [isDeleting, setDeleting] = useState(false);
  const url = useMediaLink(medium.video_uri).data?.url;
  const { video_id: id, title } = medium;
  const entries = useMemo(
    () => [
      ...(mayRun ? [{ label: text.runPrompt, icon: Play, onSelect: () => void navigate({ to: '/runs/new', search: { video: [id] } }) }] : []),
      ...(url === undefined ? [] : [{ label: text.download, icon: Download, onSelect: () => downloadFile(url, title) }]),
      ...(mayDelete ? [{ label: text.delete, icon: Trash2, danger: true, onSelect: () => setDeleting(true) }] : []),
    ],
    [id, mayDelete, mayRun, navigate, title, url],
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

/** Download a file. A name that the server gives comes before `name`. A store on another host may open it instead. */
function downloadFile(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
