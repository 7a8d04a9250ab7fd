import { useQuery } from '@tanstack/react-query';

import { indexesQuery } from '@/api/queries';
import { formatDateTime, formatSeconds } from '@/components/time/format';
import { MarkerButton } from '@/components/markers/marker-button';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { BackLink } from '@/components/ui/layout/back-link';
import { PageHeader } from '@/components/ui/layout/page-header';
import type { Marking } from '@/pages/medium/markers/use-marking';
import { words } from '@/words/en';

import { CopyLink } from './copy-link';
import { MediumActions } from './medium-actions';
import type { Medium } from './medium-data';

const text = words.medium;

interface MediumHeaderProps {
  medium: Medium;
  /** Copies a link to the second of the playhead. */
  onCopyLink: () => void;
  /** Where the link leads that was just copied. */
  copied: string | null;
  marking: Marking;
  /** Makes a clip of what is selected; absent where it cannot. */
  onClip: (() => void) | undefined;
}

/** The title of the medium, where it belongs and what it is. */
export function MediumHeader({ medium, onCopyLink, copied, marking, onClip }: MediumHeaderProps) {
  const { index_id: indexId } = medium;
  const indexes = useQuery(indexesQuery).data;
  const index = indexes?.find(({ index_id }) => index_id === indexId);
  const path = indexId === null ? '/playground' : `/indexes/${encodeURIComponent(indexId)}`;
  return (
    <PageHeader
      title={medium.title}
      above={<BackLink path={path} label={indexId === null ? text.playground : (index?.name ?? text.backToIndex)} />}
      detail={<Facts medium={medium} />}
      actions={
        <>
          <MarkerButton
            target={{ type: 'video', id: medium.video_id }}
            of={words.markers.of.medium}
            marker={marking.marks.medium}
            mayChange={marking.mayChange}
            open={marking.open === 'medium'}
            onOpenChange={(open) => marking.change(open ? 'medium' : null)}
          />
          <CopyLink label={medium.media_type === 'image' ? text.copyPictureLink : text.copyLink} onCopy={onCopyLink} copied={copied} />
          <CopyAs request={{ method: 'GET', path: `/api/v2/videos/${medium.video_id}` }} />
          <MediumActions medium={medium} isReadOnly={index?.is_default === true} listPath={path} onClip={onClip} />
        </>
      }
    />
  );
}

function Facts({ medium }: { medium: Medium }) {
  const { duration_seconds: duration, width, height, part_count: parts, part_index: part } = medium;
  const facts = [
    text.type[medium.media_type] ?? medium.media_type,
    duration !== null && formatSeconds(duration),
    width !== null && height !== null && text.size(width, height),
    parts > 1 && text.part(part + 1, parts),
  ].filter((fact) => fact !== false);
  return (
    <span className="flex flex-wrap gap-x-3">
      {facts.map((fact) => (
        <span key={fact}>{fact}</span>
      ))}
      <time dateTime={medium.created_at} title={medium.created_at}>
        {text.added(formatDateTime(medium.created_at))}
      </time>
      {medium.warnings.map(({ code, message }) => (
        <span key={code} className="basis-full">
          {message}
        </span>
      ))}
    </span>
  );
}
