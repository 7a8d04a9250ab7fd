import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useState } from 'react';

import { ClipDialog } from '@/components/clips/clip-dialog';
import { Playback } from '@/components/player/playback';
import { usePlayback } from '@/components/player/use-playback';
import { formatSeconds } from '@/components/time/format';
import { copyText } from '@/components/ui/copying/copy-text';
import { words } from '@/words/en';

import { useCaptions } from './captions/use-captions';
import { useBriefNotice } from './copy-link';
import { useMediumHits } from './hits/use-medium-hits';
import { linkToSecond } from './link-to-second';
import { MarksOfFields } from './markers/field-marks';
import { MediumNotes } from './markers/medium-notes';
import { useMarking } from './markers/use-marking';
import { isAtWork, type Medium, useTimeline } from './medium-data';
import { MediumHeader } from './medium-header';
import { MediumLayout } from './medium-layout';
import { useMediumSearch } from './medium-route';
import { MediumStage, toggleStageFullScreen } from './medium-stage';
import type { Evidence } from './results/evidence';
import { MediumResults } from './results/medium-results';
import { SegmentTools } from './selection/segment-tools';
import { SelectionBar } from './selection/selection-bar';
import { useClipping } from './selection/use-clipping';
import { spanAt } from './timeline/lane-paths';
import { Timeline } from './timeline/timeline';
import { MediumText } from './transcript/medium-text';
import { spokenText } from './transcript/spoken-words';
import { useMediumKeys } from './use-medium-keys';
import { useMediumRuns } from './use-medium-runs';

/** A medium that is loaded: player, results, timeline and transcript over one playback. */
export function MediumView({ medium }: { medium: Medium }) {
  const { video_id: videoId } = medium;
  const still = medium.media_type === 'image';
  const search = useMediumSearch();
  const navigate = useNavigate({ from: '/media/$videoId' });
  const [playback] = useState(() => new Playback());
  const [mark] = useState(search.t);
  const [lit, setLit] = useState<Evidence | null>(null);
  const [copied, setCopied] = useBriefNotice();
  const [boxesShown, setBoxesShown] = useState(false);
  const timeline = useTimeline(videoId, medium.processing_status.some(isAtWork));
  const spoken = useMemo(() => spokenText(timeline.data?.utterances ?? []), [timeline.data]);
  const runs = useMediumRuns(medium, search.run, search.compare);
  const spans = useMemo(
    () => runs.segments.map((each) => ({ start: each.start_time, end: each.end_time, failed: each.processing_failed })),
    [runs.segments],
  );
  const current = usePlayback(playback, ({ time }) => spanAt(spans, time));
  const shownPlace = still ? Math.min(0, spans.length - 1) : current;
  const shownSegment = runs.segments[shownPlace];
  const marking = useMarking(medium, playback, runs, shownPlace);
  const clipping = useClipping(medium, playback, shownSegment, marking.mayChange);
  const captions = useCaptions(videoId, medium.media_type === 'video' && spoken.words.length > 0);
  const hits = useMediumHits(videoId, runs.run?.run_id, search);
  const duration = medium.duration_seconds ?? 0;

  const linkedStart = search.t ?? runs.segments.find(({ segment_id }) => segment_id === search.segment)?.start_time;
  useEffect(() => {
    if (linkedStart !== undefined) playback.seekToStart(linkedStart);
  }, [playback, linkedStart]);

  const goTo = useCallback(
    (place: number) => {
      const segment = runs.segments[place];
      if (segment === undefined) return;
      playback.seekToStart(segment.start_time);
      const changed = { t: segment.start_time, segment: segment.segment_id };
      void navigate({ search: (before) => ({ ...before, ...changed }), replace: true, resetScroll: false });
    },
    [navigate, playback, runs.segments],
  );
  const step = useCallback((by: 1 | -1) => goTo(spanAt(spans, playback.time) + by), [goTo, playback, spans]);
  const frameRate = medium.media_type === 'video' ? (timeline.data?.frame_rate ?? 25) : null;
  const copyLink = useCallback(() => {
    const second = still ? null : playback.time;
    const place = second === null ? medium.title : formatSeconds(second);
    void copyText(linkToSecond(window.location.href, search, second, frameRate)).then((done) => setCopied(done ? words.medium.linkCopied(place) : null));
  }, [frameRate, medium.title, playback, search, setCopied, still]);
  const toggleBoxes = useCallback(() => setBoxesShown((before) => !before), []);
  useMediumKeys({
    playback,
    frameRate,
    still,
    onSegment: step,
    onToggleBoxes: toggleBoxes,
    onCopyLink: copyLink,
    onFullScreen: toggleStageFullScreen,
    onToggleCaptions: captions?.toggle,
    onMark: marking.markHere,
    onSelectFrom: clipping.selectFrom,
    onSelectTo: clipping.selectTo,
  });
  return (
    <MediumLayout
      still={still}
      header={<MediumHeader medium={medium} onCopyLink={copyLink} copied={copied} marking={marking} onClip={clipping.clipHere} />}
      stage={
        <MediumStage
          medium={medium}
          playback={playback}
          frameRate={frameRate}
          boxes={timeline.data?.text_lines ?? []}
          boxesShown={boxesShown}
          lit={lit?.line}
          onToggleBoxes={toggleBoxes}
          onSegment={spans.length > 0 ? step : undefined}
          captions={captions}
          language={timeline.data?.language ?? null}
        />
      }
      results={
        <MarksOfFields value={marking.fields}>
          <MediumResults
            medium={medium}
            runs={runs}
            spoken={spoken.words}
            timeline={timeline.data}
            current={shownPlace}
            tools={shownSegment && <SegmentTools segment={shownSegment} marking={marking} onClip={clipping.clipSegment} />}
            onSegment={goTo}
            onLight={setLit}
            onPlay={(second) => playback.playFrom(second)}
          />
        </MarksOfFields>
      }
      timeline={
        still ? null : (
          <>
            <ClipDialog part={clipping.part} onClose={clipping.close} />
            {clipping.selected !== null && <SelectionBar selection={clipping.selection} onClip={clipping.clipHere} onClear={clipping.clear} />}
            <Timeline
              playback={playback}
              duration={duration}
              segments={spans}
              timeline={timeline.data}
              hits={hits}
              marks={marking.marks.moments}
              selected={clipping.selected}
              mark={mark}
            />
          </>
        )
      }
      text={
        <MediumNotes medium={medium} marking={marking} onMark={({ place }) => goTo(place)}>
          <MediumText medium={medium} playback={playback} spoken={spoken} timeline={timeline} lit={lit} onLight={setLit} />
        </MediumNotes>
      }
    />
  );
}
