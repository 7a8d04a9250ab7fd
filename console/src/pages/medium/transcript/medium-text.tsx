import type { UseQueryResult } from '@tanstack/react-query';

import type { Models } from '@/api/client';
import type { Playback } from '@/components/player/playback';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import type { Medium } from '@/pages/medium/medium-data';
import { PictureText } from '@/pages/medium/picture-text';
import type { Evidence } from '@/pages/medium/results/evidence';
import { words } from '@/words/en';

import type { SpokenText } from './spoken-words';
import { Transcript } from './transcript';

const text = words.medium.transcript;

interface MediumTextProps {
  medium: Medium;
  playback: Playback;
  spoken: SpokenText;
  timeline: UseQueryResult<Models['VideoTimeline']>;
  lit: Evidence | null;
  onLight: (evidence: Evidence | null) => void;
}

/** The words of a medium: what is said in it, or what is read in a picture. */
export function MediumText({ medium, playback, spoken, timeline, lit, onLight }: MediumTextProps) {
  if (timeline.data === undefined) {
    if (!timeline.isError) return <SkeletonRows rows={4} className="h-6 w-full" />;
    return (
      <div className="px-4">
        <ProblemNotice error={timeline.error} onRetry={() => void timeline.refetch()} />
      </div>
    );
  }
  const { analysed, language, text_lines: lines } = timeline.data;
  if (medium.media_type === 'image') {
    const light = (line: number | undefined) =>
      onLight(line === undefined ? null : { kind: 'read', start: 0, end: 0, text: lines[line]?.text ?? '', line });
    return analysed ? <PictureText lines={lines} onLight={light} /> : null;
  }
  if (!analysed) return <EmptyState title={text.noneTitle} text={text.noneText} />;
  if (spoken.words.length === 0) return <EmptyState title={text.silentTitle} text={text.silentText} />;
  return <Transcript videoId={medium.video_id} playback={playback} spoken={spoken} language={language} lit={lit?.words} />;
}
