import { Download, Trash2 } from 'lucide-react';

import { useMay } from '@/app/session/session';
import { saveFromLink } from '@/components/files/save-file';
import { onThisServer } from '@/components/media/media-link';
import { formatBytes } from '@/components/numbers/format';
import { formatDateTime } from '@/components/time/format';
import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';

import { type Clip, isBeingMade } from './clip-queries';
import { clipTime } from './clip-times';

const text = words.clips;

interface ClipRowProps {
  clip: Clip;
  /** Deletes the clip; absent where nobody may. */
  onDelete: (() => void) | undefined;
}

/** A clip: its part of the medium, how far it is, and its file. */
export function ClipRow({ clip, onDelete }: ClipRowProps) {
  const mayDelete = useMay('admin');
  const name = text.span(clipTime(clip.start_seconds), clipTime(clip.end_seconds));
  const { download_url: url } = clip;
  return (
    <li aria-label={name} className="flex flex-wrap items-center gap-2 border-b border-line py-1 last:border-b-0">
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="font-medium">{name}</span>
        <span role="status" className={`text-xs ${clip.status === 'failed' ? 'text-warning' : 'text-ink-soft'}`}>
          {stateOf(clip)}
        </span>
        {isBeingMade(clip) && <ProgressBar label={text.making(name)} value={clip.progress > 0 ? clip.progress : null} />}
      </span>
      {url !== null && (
        <IconButton
          icon={Download}
          label={text.download(name)}
          onClick={() => saveFromLink(onThisServer(url, window.location), clip.file_name ?? name)}
        />
      )}
      {mayDelete && onDelete !== undefined && <IconButton icon={Trash2} label={text.delete(name)} onClick={onDelete} />}
    </li>
  );
}

function stateOf(clip: Clip): string {
  if (clip.status === 'failed') return clip.error?.message ?? text.failed;
  if (clip.status !== 'ready') return clip.status === 'pending' ? text.waiting : text.beingMade;
  const size = clip.size_bytes === null ? '' : formatBytes(clip.size_bytes);
  return text.ready(size, clip.copied === true, formatDateTime(clip.expires_at));
}
