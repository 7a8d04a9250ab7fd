import type { Models } from '@/api/client';
import { formatSeconds } from '@/components/time/format';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { formatDuration } from '@/pages/runs/duration';
import { words } from '@/words/en';

import { type RunEstimate, useEstimate } from './use-estimate';

const { estimate: text } = words.runs;
const number = new Intl.NumberFormat();

/** What a run takes: media, length, units, time, tokens. */
export function EstimatePanel({ body }: { body: Models['ExecuteRequest'] | null }) {
  const { estimate, error, retry } = useEstimate(body);
  return (
    <section aria-label={text.title} aria-live="polite" className="flex flex-col gap-3 rounded-md border border-line bg-raised p-4">
      <h2 className="text-base font-semibold">{text.title}</h2>
      {error !== null ? <ProblemNotice error={error} onRetry={retry} /> : <Numbers estimate={estimate} waiting={body === null} />}
    </section>
  );
}

function Numbers({ estimate, waiting }: { estimate: RunEstimate | null; waiting: boolean }) {
  if (estimate === null) return <p className="text-ink-soft">{waiting ? text.waiting : words.shell.loading}</p>;
  if (estimate.media === 0) return <p>{text.empty}</p>;
  const kinds = (['video', 'audio', 'image'] as const).filter((kind) => estimate.kinds[kind] > 0);
  const rows = [
    { name: text.media, value: number.format(estimate.media), detail: kinds.map((kind) => text.kinds[kind](estimate.kinds[kind])).join(', ') },
    { name: text.length, value: estimate.seconds > 0 ? formatSeconds(estimate.seconds) : text.none, detail: '' },
    { name: text.time, value: timeOf(estimate), detail: '' },
    { name: text.tokens, value: tokensOf(estimate), detail: '' },
    { name: text.units, value: `${number.format(estimate.units)} MT`, detail: text.unitsHint },
  ];
  return (
    <dl className="flex flex-col gap-2">
      {rows.map(({ name, value, detail }) => (
        <div key={name} className="grid grid-cols-[5rem_minmax(0,1fr)] gap-2">
          <dt className="text-ink-soft">{name}</dt>
          <dd>
            {value}
            {detail !== '' && <p className="text-xs text-ink-soft">{detail}</p>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function timeOf({ time }: RunEstimate): string {
  return time === null ? text.timeUnknown : text.timeFrom(formatDuration(time.seconds), time.runs);
}

function tokensOf({ tokens }: RunEstimate): string {
  if (tokens === null) return text.tokensUnknown;
  return tokens === 0 ? text.tokensNone : text.tokensFrom(number.format(Number(tokens.toPrecision(2))));
}
