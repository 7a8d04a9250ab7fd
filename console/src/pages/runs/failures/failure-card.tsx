import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';

import { useMay } from '@/app/session/session';
import { formatSeconds } from '@/components/time/format';
import { Button } from '@/components/ui/button';
import { Badge } from '@/components/ui/feedback/badge';
import { titleQuery } from '@/pages/runs/progress/run-media-pages';
import type { Run } from '@/pages/runs/queries';
import { words } from '@/words/en';

import type { FailedPlace, FailureGroup } from './failure-groups';
import type { Retry } from './use-retry';

const { failed: text } = words.runs;
const shownFirst = 8;

interface FailureCardProps {
  group: FailureGroup;
  run: Run;
  ended: boolean;
  retry: Retry;
}

/** What failed for one cause: the sentence of the failure, its places, and the retry if one can help. */
export function FailureCard({ group, run, ended, retry }: FailureCardProps) {
  const [all, setAll] = useState(false);
  const places = all ? group.segments : group.segments.slice(0, shownFirst);
  return (
    <article className="flex flex-col gap-3 rounded-md border border-warning p-3">
      <p className="wrap-anywhere">{group.sentence ?? text.noSentence}</p>
      <div className="flex flex-wrap items-center gap-2">
        {group.segments.length > 0 && <Badge tone="warning">{text.segmentCount(group.segments.length)}</Badge>}
        {group.media.length > 0 && <Badge tone="warning">{text.mediumCount(group.media.length)}</Badge>}
        {group.stages.map((stage) => (
          <Badge key={stage}>{text.stages[stage] ?? stage}</Badge>
        ))}
        {group.code !== null && <code className="text-xs text-ink-soft">{group.code}</code>}
      </div>
      <ul className="flex flex-wrap gap-2">
        {places.map((place) => (
          <li key={place.segmentId}>
            <PlaceLink place={place} runId={run.run_id} />
          </li>
        ))}
        {group.media.map(({ videoId }) => (
          <li key={videoId}>
            <PlaceLink place={{ videoId, segmentId: null, start: null, end: null }} runId={run.run_id} />
          </li>
        ))}
      </ul>
      {group.segments.length > places.length && (
        <Button look="quiet" className="self-start" onClick={() => setAll(true)}>
          {text.showAll(group.segments.length)}
        </Button>
      )}
      <Remedy {...{ group, run, ended, retry }} />
    </article>
  );
}

function Remedy({ group, run, ended, retry }: FailureCardProps) {
  const mayWrite = useMay('write');
  const segments = group.segments.filter((place) => place.retryable);
  const media = group.media.filter((medium) => medium.retryable).map(({ videoId }) => videoId);
  if (!mayWrite) return null;
  if (segments.length === 0 && media.length === 0) return <p className="text-xs text-ink-soft">{text.notRetryable}</p>;
  if (!ended) return <p className="text-xs text-ink-soft">{text.afterEnd}</p>;
  return (
    <div className="flex flex-wrap gap-2">
      {segments.length > 0 && (
        <Button disabled={retry.working} onClick={() => retry.start(segments)}>
          <RotateCcw size={16} aria-hidden />
          {text.retryCount(segments.length)}
        </Button>
      )}
      {media.length > 0 && (
        <Link to="/runs/new" search={{ video: media.slice(0, 50), prompt: run.prompt_id }} className="self-center underline">
          {text.runAgain}
        </Link>
      )}
    </div>
  );
}

type Place = Pick<FailedPlace, 'videoId' | 'start' | 'end'> & { segmentId: string | null };

function PlaceLink({ place: { videoId, segmentId, start, end }, runId }: { place: Place; runId: string }) {
  const title = useQuery(titleQuery(videoId)).data ?? videoId;
  const time = start === null || end === null || end === start ? '' : ` ${formatSeconds(start)} – ${formatSeconds(end)}`;
  return (
    <Link
      to="/media/$videoId"
      params={{ videoId }}
      search={{ run: runId, t: start ?? undefined, segment: segmentId ?? undefined }}
      className="inline-flex max-w-60 rounded-md bg-sunken px-2 py-1 text-xs hover:bg-raised"
    >
      <span className="truncate">{title}</span>
      <span className="shrink-0 whitespace-pre">{time}</span>
    </Link>
  );
}
