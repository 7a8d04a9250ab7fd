import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';

import type { Models } from '@/api/client';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import type { Medium } from '@/pages/medium/medium-data';
import type { SpokenWord } from '@/pages/medium/transcript/spoken-words';
import type { MediumRuns } from '@/pages/medium/use-medium-runs';
import { words as texts } from '@/words/en';

import { type Evidence, SegmentEvidence } from './evidence';
import { type EvidenceContext, EvidenceOfFields } from './evidence-chips';
import { NoRuns, RunResults } from './results';
import { RunPickers } from './run-pickers';

interface MediumResultsProps {
  medium: Medium;
  runs: MediumRuns;
  spoken: readonly SpokenWord[];
  timeline: Models['VideoTimeline'] | undefined;
  /** The place of the segment at the playhead; -1 before the first one. */
  current: number;
  /** What can be done with the segment at the playhead. */
  tools: ReactNode;
  onSegment: (place: number) => void;
  onLight: (evidence: Evidence | null) => void;
  onPlay: (second: number) => void;
}

/** The results of the medium's runs, beside the player. */
export function MediumResults({ medium, runs: found, current, tools, onSegment, onPlay, ...parts }: MediumResultsProps) {
  const still = medium.media_type === 'image';
  const context = useEvidence({ ...parts, found, current, still, onPlay });
  const navigate = useNavigate({ from: '/media/$videoId' });
  const { runs, run, state, compare, segments, others, schema, loading, error, retry } = found;
  const choose = (changed: { run?: string; compare?: string | undefined }) =>
    void navigate({
      search: (before) => ({ ...before, segment: undefined, ...changed }),
      replace: true,
      resetScroll: false,
    });
  if (runs === undefined) return error === null ? <SkeletonRows rows={5} /> : <ProblemNotice error={error} onRetry={retry} />;
  if (run === undefined) return <NoRuns videoId={medium.video_id} />;
  return (
    <section aria-label={texts.medium.results.title} className="flex flex-col gap-4">
      <RunPickers
        runs={runs}
        run={run}
        state={state}
        compare={compare}
        onRun={(runId) => choose({ run: runId, compare: undefined })}
        onCompare={(runId) => choose({ run: run.run_id, compare: runId })}
      />
      <EvidenceOfFields value={context}>
        <RunResults
          {...{ videoId: medium.video_id, run, state, compare, segments, others, current, still, tools, loading, error, onSegment, onPlay }}
          schema={schema ?? undefined}
          onRetry={retry}
        />
      </EvidenceOfFields>
    </section>
  );
}

type EvidenceParts = Pick<MediumResultsProps, 'spoken' | 'timeline' | 'current' | 'onLight' | 'onPlay'> & {
  found: MediumRuns;
  still: boolean;
};

/** Prepare the evidence of the segment at the playhead. */
function useEvidence({ spoken, timeline, found, current, still, onLight, onPlay }: EvidenceParts): EvidenceContext {
  const segment = found.segments[current];
  const evidence = useMemo(() => {
    if (timeline?.analysed !== true || segment === undefined) return null;
    return new SegmentEvidence(spoken, timeline, still ? 0 : segment.start_time, still ? 0 : segment.end_time);
  }, [spoken, timeline, segment, still]);
  return useMemo(
    () => ({ evidence, still, onLight, onPlay: (moment: Evidence) => onPlay(moment.start) }),
    [evidence, still, onLight, onPlay],
  );
}
