import { useState } from 'react';

import { formatSeconds } from '@/components/time/format';
import { Badge } from '@/components/ui/feedback/badge';
import { Switch } from '@/components/ui/forms/switch';
import type { Segment } from '@/pages/medium/medium-data';
import { words } from '@/words/en';

import { compared, type ComparedValue, differences, mostOverlapping, type TextPart } from './comparison';
import { jsonObject } from './json-value';

const text = words.medium.results;

interface ComparisonViewProps {
  segment: Segment;
  /** The segments of the other run. They may be cut in another way. */
  others: readonly Segment[];
  names: { left: string; right: string };
  /** Whether the medium has no times. */
  still: boolean;
}

/** A segment's result beside that of another run at the same time, with the differences marked. */
export function ComparisonView({ segment, others, names, still }: ComparisonViewProps) {
  const [onlyDifferences, setOnlyDifferences] = useState(false);
  const other = others[mostOverlapping(others, segment.start_time, segment.end_time)];
  if (other === undefined) return <p className="text-ink-soft">{text.noCounterpart}</p>;
  const rows = compared(jsonObject(segment.metadata), jsonObject(other.metadata));
  const count = rows.filter(({ differs }) => differs).length;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Badge tone={count > 0 ? 'accent' : 'neutral'}>{text.differences(count)}</Badge>
        <Switch label={text.onlyDifferences} checked={onlyDifferences} onChange={setOnlyDifferences} />
      </div>
      {count === 0 && <p className="text-ink-soft">{text.sameResults}</p>}
      <table className="w-full table-fixed border-collapse text-sm">
        <caption className="sr-only">{text.comparison}</caption>
        <thead>
          <tr className="border-b border-line-strong text-left align-bottom text-xs">
            <Head name={names.left} segment={segment} still={still} />
            <Head name={names.right} segment={other} still={still} />
          </tr>
        </thead>
        <tbody>
          {rows.filter(({ differs }) => differs || !onlyDifferences).map((row) => (
            <Row key={row.path} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({ name, segment, still }: { name: string; segment: Segment; still: boolean }) {
  const times = text.timesOf(formatSeconds(segment.start_time), formatSeconds(segment.end_time));
  return (
    <th scope="col" className="px-2 py-1 font-medium wrap-anywhere">
      {name}
      {!still && <span className="block text-ink-soft">{times}</span>}
    </th>
  );
}

function Row({ row }: { row: ComparedValue }) {
  const missing = row.left === undefined || row.right === undefined;
  const [left, right] = missing ? [whole(row.left), whole(row.right)] : differences(shown(row.left), shown(row.right));
  return (
    <tr className={`border-b border-line align-top ${row.differs ? 'bg-accent-soft' : ''}`} data-differs={row.differs}>
      <Side path={row.path} parts={left} differs={row.differs} missing={row.left === undefined} />
      <Side path={row.path} parts={right} differs={false} missing={row.right === undefined} />
    </tr>
  );
}

interface SideProps {
  path: string;
  parts: readonly TextPart[];
  differs: boolean;
  missing: boolean;
}

function Side({ path, parts, differs, missing }: SideProps) {
  return (
    <td className="px-2 py-1 wrap-anywhere">
      <span className="block text-xs text-ink-soft">
        {path}
        {differs && <span className="sr-only"> {text.differs}</span>}
      </span>
      {missing ? <span className="text-ink-soft">{text.missing}</span> : parts.map((part, place) => <Part key={place} part={part} />)}
    </td>
  );
}

function Part({ part }: { part: TextPart }) {
  if (!part.differs) return part.text;
  return <mark className="rounded-[2px] bg-transparent font-semibold text-ink underline decoration-accent decoration-2">{part.text}</mark>;
}

/** A value that only one run has is not marked word by word. */
function whole(value: ComparedValue['left']): TextPart[] {
  return [{ text: shown(value), differs: false }];
}

function shown(value: ComparedValue['left']): string {
  if (value === null || value === undefined || value === '') return text.empty;
  if (typeof value === 'boolean') return value ? text.yes : text.no;
  return String(value);
}
