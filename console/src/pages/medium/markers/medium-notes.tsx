import type { ReactNode } from 'react';

import { ClipList } from '@/components/clips/clip-list';
import { useClips } from '@/components/clips/clip-queries';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import type { Medium } from '@/pages/medium/medium-data';
import { words } from '@/words/en';

import { MarkersList } from './markers-list';
import type { Mark } from './medium-marks';
import type { Marking } from './use-marking';

interface MediumNotesProps {
  medium: Medium;
  marking: Marking;
  onMark: (mark: Mark) => void;
  /** The text of the medium. */
  children: ReactNode;
}

/** The text of a medium, and beside it what people have added: markers and clips. Without any, the text has the whole place. */
export function MediumNotes({ medium, marking, onMark, children }: MediumNotesProps) {
  const { marks, error, mayChange } = marking;
  const clips = useClips(medium.video_id, medium.media_type !== 'image');
  const isMarked = marks.medium !== undefined || marks.whole.length + marks.moments.length + marks.elsewhere > 0;
  const hasClips = (clips.data?.length ?? 0) > 0;
  const hasNotes = isMarked || hasClips || error !== null;
  const columns = hasNotes ? 'lg:grid-cols-[minmax(0,3fr)_minmax(22rem,2fr)]' : '';
  return (
    <div className={`flex min-h-0 flex-1 flex-col gap-4 lg:grid lg:grid-rows-[minmax(0,1fr)] lg:gap-2 ${columns}`}>
      <div className="flex min-h-0 min-w-0 flex-col">{children}</div>
      {hasNotes && (
        <div className="flex min-h-0 min-w-0 flex-col gap-4 overflow-auto px-4 lg:pl-2">
          {error !== null && <ProblemNotice error={error} />}
          {isMarked && <MarkersList medium={medium} marks={marks} onMark={onMark} />}
          {hasClips && (
            <section aria-label={words.clips.list} className="flex flex-col gap-2">
              <h2 className="text-base font-semibold">{words.clips.list}</h2>
              <ClipList videoId={medium.video_id} isReadOnly={!mayChange} />
            </section>
          )}
        </div>
      )}
    </div>
  );
}
