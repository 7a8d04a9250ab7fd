import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { words } from '@/words/en';

import { useClipChanges, useClips } from './clip-queries';
import { ClipRow } from './clip-row';

interface ClipListProps {
  videoId: string;
  /** Whether nobody can change the medium. */
  isReadOnly: boolean;
}

/** The clips of a medium, each with its progress, its file and its deletion. */
export function ClipList({ videoId, isReadOnly }: ClipListProps) {
  const clips = useClips(videoId);
  const { remove } = useClipChanges(videoId);
  if (clips.data === undefined) {
    if (!clips.isError) return <SkeletonRows rows={1} className="h-8 w-full" />;
    return <ProblemNotice error={clips.error} onRetry={() => void clips.refetch()} />;
  }
  return (
    <>
      {remove.error !== null && <ProblemNotice error={remove.error} />}
      {clips.data.length === 0 ? (
        <p className="text-ink-soft">{words.clips.none}</p>
      ) : (
        <ul aria-label={words.clips.list} className="flex max-h-60 flex-col overflow-auto" tabIndex={0}>
          {clips.data.map((clip) => (
            <ClipRow key={clip.clip_id} clip={clip} onDelete={isReadOnly ? undefined : () => remove.mutate(clip.clip_id)} />
          ))}
        </ul>
      )}
    </>
  );
}
