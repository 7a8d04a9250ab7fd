import { ChevronLeft, ChevronRight, Play } from 'lucide-react';
import { type ReactNode, useState } from 'react';

import { formatSeconds } from '@/components/time/format';
import { CodeBlock } from '@/components/ui/copying/code-block';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { SegmentedControl } from '@/components/ui/forms/segmented-control';
import { IconButton } from '@/components/ui/icon-button';
import type { Run, RunState, Segment } from '@/pages/medium/medium-data';
import { words } from '@/words/en';

import { ComparisonView } from './comparison-view';
import type { JsonValue } from './json-value';
import { runName } from './run-pickers';
import { SegmentResult } from './segment-result';
import { WholeResult } from './whole-result';

const text = words.medium.results;
type View = 'fields' | 'whole' | 'json';

export interface ResultsPanelProps {
  videoId: string;
  run: Run;
  state: RunState | undefined;
  compare: Run | undefined;
  segments: readonly Segment[];
  others: readonly Segment[];
  /** The place of the segment at the playhead; -1 before the first one. */
  current: number;
  schema: JsonValue | undefined;
  still: boolean;
  /** What can be done with the segment. */
  tools: ReactNode;
  onSegment: (place: number) => void;
  onPlay: (second: number) => void;
}

/** The results of a run: those of the segment at the playhead, and the one for the whole medium. */
export function ResultsPanel(props: ResultsPanelProps) {
  const { videoId, run, segments, current, still, tools, onSegment, onPlay } = props;
  const [view, setView] = useState<View>('fields');
  const segment = segments[current];
  const options: { value: View; label: string }[] = [
    { value: 'fields', label: text.fields },
    ...(run.video_level_enabled ? [{ value: 'whole' as const, label: text.wholeMedium }] : []),
    { value: 'json', label: text.json },
  ];
  const request = { method: 'GET' as const, path: `/api/v2/videos/${videoId}/segments`, query: { run_id: run.run_id } };
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-1">
        {!still && (
          <>
            <IconButton
              icon={ChevronLeft}
              label={words.medium.player.previousSegment}
              disabled={current <= 0}
              onClick={() => onSegment(current - 1)}
            />
            <IconButton
              icon={ChevronRight}
              label={words.medium.player.nextSegment}
              disabled={current + 1 >= segments.length}
              onClick={() => onSegment(current + 1)}
            />
            <span className="font-medium" data-testid="segment place">
              {segment === undefined ? text.noSegment : text.segmentOf(current + 1, segments.length)}
            </span>
            {segment !== undefined && (
              <>
                <span className="text-xs text-ink-soft">
                  {text.timesOf(formatSeconds(segment.start_time), formatSeconds(segment.end_time))}
                </span>
                <IconButton icon={Play} label={text.playSegment} onClick={() => onPlay(segment.start_time)} />
              </>
            )}
          </>
        )}
        {segment !== undefined && tools}
        <span className="flex-1" />
        <SegmentedControl label={text.view} value={view} onChange={setView} options={options} />
        <CopyAs request={request} />
      </div>
      <PanelBody view={view} segment={segment} {...props} />
    </div>
  );
}

function PanelBody({ view, segment, ...props }: ResultsPanelProps & { view: View; segment: Segment | undefined }) {
  const { videoId, run, state, compare, others, schema, still } = props;
  if (view === 'whole') return <WholeResult videoId={videoId} run={run} state={state} />;
  if (segment === undefined) return null;
  if (view === 'json') return <CodeBlock label={text.jsonLabel} code={JSON.stringify(segment.metadata, null, 2)} className="max-h-none" />;
  if (compare === undefined) return <SegmentResult segment={segment} schema={schema} />;
  return (
    <ComparisonView
      segment={segment}
      others={others}
      names={{ left: runName(run), right: runName(compare) }}
      still={still}
    />
  );
}
