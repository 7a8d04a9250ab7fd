import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { formatSeconds } from '@/components/time/format';
import { titleQuery } from '@/pages/runs/progress/run-media-pages';
import { words } from '@/words/en';

import { formatScore } from './describe';
import type { MatchedSegment } from './queries';

interface SegmentLinksProps {
  segments: readonly MatchedSegment[];
  /** The run whose results the medium shows; by default its newest. */
  run?: string;
}

/** The segments of a match, each a link to its second in its medium. */
export function SegmentLinks({ segments, run }: SegmentLinksProps) {
  return (
    <ul className="flex flex-wrap gap-2">
      {segments.map((segment) => (
        <li key={segment.segment_id}>
          <Link
            to="/media/$videoId"
            params={{ videoId: segment.video_id }}
            search={{ ...(run === undefined ? {} : { run }), t: segment.start_seconds, segment: segment.segment_id }}
            className="flex items-center gap-2 rounded-md border border-line px-2 py-1 tabular-nums hover:bg-raised"
          >
            <Title videoId={segment.video_id} />
            {timesOf(segment)}
            {segment.score !== null && <span className="text-xs text-ink-soft">{formatScore(segment.score)}</span>}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Title({ videoId }: { videoId: string }) {
  const title = useQuery(titleQuery(videoId)).data;
  return title == null ? null : <span className="max-w-48 truncate text-ink-soft">{title}</span>;
}

/** Say when a segment is. Only the segment of a picture has no length. */
function timesOf({ start_seconds: start, end_seconds: end }: MatchedSegment): string {
  return end === 0 ? words.search.picture : words.search.times(formatSeconds(start), formatSeconds(end));
}
