import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';

import { Skeleton } from '@/components/ui/feedback/skeleton';
import { words } from '@/words/en';

import { fetchPeaks, peaksPath } from './peaks';
import type { Playback } from './playback';
import { usePlayback } from './use-playback';

const bars = 600;

interface WaveformProps {
  playback: Playback;
  /** What the sound is. The waveform is kept for it, although its link changes. */
  mediumId: string;
  url: string | undefined;
  duration: number;
}

/** The loudness of a sound over its time. A click goes to the second; the keyboard uses the position slider. */
export function Waveform({ playback, mediumId, url, duration }: WaveformProps) {
  const peaks = useQuery({
    queryKey: ['peaks', mediumId],
    enabled: url !== undefined,
    staleTime: Infinity,
    retry: false,
    queryFn: ({ signal }) => fetchPeaks(url ?? '', bars, signal),
  });
  if (peaks.isError) return <p className="m-auto p-4 text-ink-soft">{words.medium.player.waveformFailed}</p>;
  if (peaks.data === undefined) return <Skeleton className="m-4 flex-1" />;
  return <Bars playback={playback} peaks={peaks.data} duration={duration} />;
}

function Bars({ playback, peaks, duration }: { playback: Playback; peaks: readonly number[]; duration: number }) {
  const mask = useId();
  const path = peaksPath(peaks);
  const played = usePlayback(playback, ({ time }) => (duration > 0 ? Math.round((time / duration) * 2000) / 2000 : 0));
  return (
    <svg
      role="img"
      aria-label={words.medium.player.waveform}
      data-testid="waveform"
      viewBox={`0 -1 ${Math.max(peaks.length, 1)} 2`}
      preserveAspectRatio="none"
      className="m-4 h-auto min-h-24 min-w-0 flex-1 cursor-pointer"
      onClick={(event) => {
        const { left, width } = event.currentTarget.getBoundingClientRect();
        playback.seek(((event.clientX - left) / width) * duration);
      }}
    >
      <clipPath id={mask}>
        <rect x={0} y={-1} width={played * peaks.length} height={2} />
      </clipPath>
      <path d={path} className="fill-line-strong" />
      <path d={path} className="fill-accent" clipPath={`url(#${mask})`} />
    </svg>
  );
}
