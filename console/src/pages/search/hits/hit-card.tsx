import { Link } from '@tanstack/react-router';
import { AudioLines } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';

import { isMarked } from '@/components/markers/marker-colors';
import { MarkerDot } from '@/components/markers/marker-dot';
import { Badge } from '@/components/ui/feedback/badge';
import type { Condition } from '@/pages/search/conditions/conditions';
import type { SearchAddress } from '@/pages/search/search-address';
import { words } from '@/words/en';

import type { Hit } from './hit-groups';
import type { HitPicks } from './hit-picks';
import { hitPicture } from './hit-pictures';
import { type HitReason, hitReasons } from './hit-reasons';
import { timesOf } from './hit-times';
import { HitTools } from './hit-tools';
import { excerpt, markedPieces } from './matched-words';

/** What all hits of a search share. */
export interface HitContext {
  words: ReadonlySet<string>;
  conditions: readonly Condition[];
  /** The label of each field, by its path. */
  labels: ReadonlyMap<string, string>;
  /** Whether hits lead to their medium. A key for searches alone cannot open one. */
  opens: boolean;
  showsMedium: boolean;
  /** The name of each index, by its id. */
  indexNames: ReadonlyMap<string, string>;
  /** The indexes that nobody can change. */
  unchangeable: ReadonlySet<string>;
  /** What a link to a medium carries of the search, for the hits of its timeline. */
  carried: Pick<SearchAddress, 'q' | 'filter'>;
}

interface HitCardProps {
  hit: Hit;
  context: HitContext;
  /** Whether the keyboard is at this hit. */
  isCurrent: boolean;
  picks: HitPicks;
}

/** A moment that was found: its frame, its times, and the words that matched. */
export function HitCard({ hit, context, isCurrent, picks }: HitCardProps) {
  const link = useRef<HTMLAnchorElement>(null);
  const [isLookedAt, setLookedAt] = useState(false);
  useEffect(() => {
    if (isCurrent) link.current?.focus({ preventScroll: false });
  }, [isCurrent]);
  const look = 'flex min-w-0 gap-3 rounded-md border border-line bg-surface p-2 hover:border-line-strong hover:bg-raised';
  const content = <HitContent hit={hit} context={context} isLookedAt={isLookedAt} />;
  const looking = { onPointerEnter: () => setLookedAt(true), onPointerLeave: () => setLookedAt(false) };
  if (!context.opens) {
    return (
      <article className={look} {...looking}>
        {content}
      </article>
    );
  }
  const opened = (
    <Link
      ref={link}
      to="/media/$videoId"
      params={{ videoId: hit.video_id }}
      search={{ ...placeOf(hit), ...context.carried }}
      className={`${look} focus-visible:outline-offset-0`}
      onFocus={() => setLookedAt(true)}
      onBlur={() => setLookedAt(false)}
      {...looking}
    >
      {content}
    </Link>
  );
  return (
    <div className="group relative grid min-w-0">
      {opened}
      <HitTools hit={hit} context={context} picks={picks} />
    </div>
  );
}

function placeOf({ start_time, run_id, segment_id }: Hit) {
  return { run: run_id, ...(start_time === null ? {} : { t: start_time }), ...(segment_id === null ? {} : { segment: segment_id }) };
}

function HitContent({ hit, context, isLookedAt }: Pick<HitCardProps, 'hit' | 'context'> & { isLookedAt: boolean }) {
  const reasons = hitReasons(hit, context.conditions, context.labels);
  return (
    <>
      <Frame hit={hit} isLookedAt={isLookedAt} />
      <span className="flex min-w-0 flex-1 flex-col gap-1">
        {context.showsMedium && (
          <span className="flex min-w-0 items-baseline justify-between gap-2">
            <span className="truncate font-medium">{hit.video_name ?? words.search.untitled}</span>
            <IndexName hit={hit} context={context} />
          </span>
        )}
        <span className={`flex items-center justify-between gap-2 ${context.showsMedium ? 'text-xs text-ink-soft' : 'font-medium'}`}>
          <span className="flex min-w-0 items-center gap-2">
            {timesOf(hit)}
            {isMarked(hit.marker) && <MarkerDot marker={hit.marker} />}
          </span>
          <Score hit={hit} />
        </span>
        {reasons.map((reason) => (
          <Reason key={reason.label} reason={reason} sought={context.words} />
        ))}
      </span>
    </>
  );
}

/** The index that a hit is from, or the playground. An index that is deleted meanwhile has no name. */
export function IndexName({ hit, context }: Pick<HitCardProps, 'hit' | 'context'>) {
  const { source_index_id: id } = hit;
  const name = id === null ? words.search.playground : context.indexNames.get(id);
  if (name === undefined) return null;
  return (
    <span className="max-w-48 shrink-0 truncate text-xs font-normal text-ink-soft" title={words.search.fromIndex(name)}>
      {name}
    </span>
  );
}

function Frame({ hit, isLookedAt }: { hit: Hit; isLookedAt: boolean }) {
  const preview = isLookedAt ? hitPicture(hit, 'preview') : null;
  const picture = hitPicture(hit, 'thumbnail');
  const place = 'absolute inset-0 h-full w-full object-cover';
  return (
    <span className="relative aspect-video w-40 shrink-0 self-start overflow-hidden rounded-md bg-sunken max-sm:w-28">
      {picture === null ? (
        <AudioLines aria-hidden className="absolute inset-0 m-auto text-ink-soft" />
      ) : (
        <img src={picture} alt="" loading="lazy" decoding="async" draggable={false} className={place} />
      )}
      {preview !== null && <img src={preview} alt="" draggable={false} className={place} />}
    </span>
  );
}

function Score({ hit }: { hit: Hit }) {
  const parts = [
    { value: hit.text_score, label: words.search.textScore, title: words.search.textScoreTitle },
    { value: hit.image_score, label: words.search.pictureScore, title: words.search.pictureScoreTitle },
  ];
  return (
    <span className="flex shrink-0 gap-1">
      {parts.map(({ value, label, title }) =>
        value === null ? null : (
          <span key={label} title={title}>
            <Badge>{words.search.score(label, value.toFixed(2))}</Badge>
          </span>
        ),
      )}
    </span>
  );
}

function Reason({ reason, sought }: { reason: HitReason; sought: ReadonlySet<string> }) {
  return (
    <span className="line-clamp-2 text-sm break-words">
      {reason.label !== '' && <span className="mr-2 text-xs text-ink-soft">{reason.label}</span>}
      {reason.texts.map((text, place) => (
        <span key={text}>
          {place > 0 && <span className="text-ink-soft"> · </span>}
          <Marked text={text} sought={sought} />
        </span>
      ))}
    </span>
  );
}

function Marked({ text, sought }: { text: string; sought: ReadonlySet<string> }) {
  return excerpt(markedPieces(text, sought)).map((piece, place) =>
    piece.marked ? (
      <mark key={place} className="rounded-sm bg-accent-soft px-0.5 font-semibold text-ink">
        {piece.text}
      </mark>
    ) : (
      piece.text
    ),
  );
}
