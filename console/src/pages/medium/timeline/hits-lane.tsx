import { formatSeconds } from '@/components/time/format';
import type { Hit } from '@/pages/medium/hits/medium-hits';
import { words } from '@/words/en';

const text = words.medium.timeline;

/** The name of the hits, at their left. */
export function HitsName() {
  return (
    <span aria-hidden className="mt-1 block text-xs leading-6 text-ink-soft">
      {text.hits}
    </span>
  );
}

interface HitsLaneProps {
  hits: readonly Hit[];
  duration: number;
  onHit: (hit: Hit) => void;
}

/** The moments that the search found, each a button that goes there. The better a hit, the stronger its colour. */
export function HitsLane({ hits, duration, onHit }: HitsLaneProps) {
  if (duration <= 0) return null;
  return (
    <div role="group" aria-label={text.hits} className="relative mt-1 h-6">
      {hits.map((hit) => (
        <button
          key={hit.id}
          type="button"
          title={labelOf(hit)}
          aria-label={labelOf(hit)}
          onClick={() => onHit(hit)}
          className="absolute inset-y-0 min-w-2 rounded-md border border-accent"
          style={{ left: `${(hit.start / duration) * 100}%`, width: `${((hit.end - hit.start) / duration) * 100}%` }}
        >
          <span className="block size-full bg-accent" style={{ opacity: hit.strength ** 2 }} />
        </button>
      ))}
    </div>
  );
}

function labelOf({ start, end, score }: Hit): string {
  const from = formatSeconds(start);
  const to = formatSeconds(end);
  return score === null ? text.hit(from, to) : text.hitWithScore(from, to, score.toFixed(2));
}
