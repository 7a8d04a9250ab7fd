import { AudioLines, Eye, type LucideIcon, ScanText } from 'lucide-react';
import { createContext, use } from 'react';

import { formatSeconds } from '@/components/time/format';
import { words } from '@/words/en';

import type { Evidence, SegmentEvidence } from './evidence';

const text = words.medium.results;
const icons: Record<Evidence['kind'], LucideIcon> = { said: AudioLines, read: ScanText, seen: Eye };

/** What the fields of a result need to show their evidence. `still` is true for a picture, which has no times. */
export interface EvidenceContext {
  evidence: SegmentEvidence | null;
  still: boolean;
  onLight: (evidence: Evidence | null) => void;
  onPlay: (evidence: Evidence) => void;
}

export const EvidenceOfFields = createContext<EvidenceContext | null>(null);

/** The moments of a value: hover lights the words or the box, click plays from there. */
export function EvidenceChips({ value }: { value: string }) {
  const context = use(EvidenceOfFields);
  if (context?.evidence == null) return null;
  const found = context.evidence.of(value);
  if (found.length === 0) return <span className="text-xs text-ink-soft">{context.still ? text.notInPicture : text.noMoment}</span>;
  return (
    <span className="inline-flex flex-wrap gap-1 align-middle">
      {found.map((evidence) => (
        <Chip key={`${evidence.kind} ${evidence.start} ${evidence.line}`} evidence={evidence} context={context} />
      ))}
    </span>
  );
}

function Chip({ evidence, context }: { evidence: Evidence; context: EvidenceContext }) {
  const Icon = icons[evidence.kind];
  const kind = text.evidence[evidence.kind];
  const time = formatSeconds(evidence.start);
  const label = context.still ? text.goTo(kind, evidence.text) : text.playFrom(kind, time, evidence.text);
  const unlight = () => context.onLight(null);
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      className="inline-flex h-6 items-center gap-1 rounded-full bg-accent-soft px-2 text-xs text-ink hover:outline-2 hover:outline-accent"
      onPointerEnter={() => context.onLight(evidence)}
      onPointerLeave={unlight}
      onFocus={() => context.onLight(evidence)}
      onBlur={unlight}
      onClick={() => context.onPlay(evidence)}
    >
      <Icon size={12} aria-hidden />
      {context.still ? kind : time}
    </button>
  );
}
