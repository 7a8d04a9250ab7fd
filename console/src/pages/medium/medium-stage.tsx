import { useMediaLink } from '@/components/media/media-link';
import { MediaPlayer, toggleFullScreen } from '@/components/player/media-player';
import { PictureViewer } from '@/components/player/picture-viewer';
import type { Playback } from '@/components/player/playback';
import { type TextBox, TextBoxes } from '@/components/player/text-boxes';
import { Waveform } from '@/components/player/waveform';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { words } from '@/words/en';

import type { CaptionsState } from './captions/use-captions';
import type { Medium } from './medium-data';

const stageId = 'medium-stage';

interface MediumStageProps {
  medium: Medium;
  playback: Playback;
  frameRate: number | null;
  boxes: readonly TextBox[];
  boxesShown: boolean;
  /** The line of text that is lit. */
  lit: number | undefined;
  onToggleBoxes: () => void;
  /** Null for a medium without captions. */
  captions: CaptionsState | null;
  /** The language of the speech, such as "en". */
  language: string | null;
  onSegment: ((by: 1 | -1) => void) | undefined;
}

/** The medium itself: a video, a sound with its waveform, or a picture. */
export function MediumStage({ medium, playback, frameRate, boxes, boxesShown, lit, onToggleBoxes, onSegment, captions, language }: MediumStageProps) {
  const link = useMediaLink(medium.video_uri);
  const url = link.data?.url;
  const retry = () => void link.refetch();
  const overlay = <TextBoxes playback={playback} boxes={boxes} shown={boxesShown} lit={lit} />;
  const size = { width: medium.width ?? 16, height: medium.height ?? 9 };
  const duration = medium.duration_seconds ?? 0;
  if (link.isError && url === undefined) return <ProblemNotice error={link.error} onRetry={retry} />;
  if (medium.media_type === 'image') {
    return (
      <PictureViewer
        url={url}
        title={medium.title}
        size={size}
        onRetry={retry}
        boxesShown={boxesShown}
        onToggleBoxes={onToggleBoxes}
        overlay={overlay}
      />
    );
  }
  const segments = onSegment && { onPreviousSegment: () => onSegment(-1), onNextSegment: () => onSegment(1) };
  const common = { playback, url, onRetry: retry, duration, frameRate, ...segments };
  return (
    <div id={stageId} className="flex min-h-0 flex-1 flex-col">
      {medium.media_type === 'audio' ? (
        <MediaPlayer {...common} size={null}>
          <Waveform playback={playback} mediumId={medium.video_id} url={url} duration={duration} />
        </MediaPlayer>
      ) : (
        <MediaPlayer
          {...common}
          size={size}
          overlay={overlay}
          boxesShown={boxesShown}
          onToggleBoxes={onToggleBoxes}
          captions={captions?.file === undefined ? null : { file: captions.file, language }}
          captionsShown={captions?.shown}
          onToggleCaptions={captions?.toggle}
        />
      )}
      {captions?.failed === true && <CaptionsFailure onRetry={captions.retry} />}
    </div>
  );
}

function CaptionsFailure({ onRetry }: { onRetry: () => void }) {
  return (
    <div role="alert" className="flex items-center justify-between gap-2 bg-warning-soft p-2">
      {words.medium.player.captionsFailed}
      <Button onClick={onRetry}>{words.shell.tryAgain}</Button>
    </div>
  );
}

/** Show the player on the full screen, or go back. */
export function toggleStageFullScreen(): void {
  void toggleFullScreen(document.querySelector<HTMLElement>(`#${stageId} section`));
}
