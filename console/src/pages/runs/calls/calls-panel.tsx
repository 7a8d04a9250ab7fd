import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { VList } from 'virtua';

import { api, type Models, unwrap } from '@/api/client';
import { formatDateTime } from '@/components/time/format';
import { Button } from '@/components/ui/button';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { hasEnded, type Run } from '@/pages/runs/queries';
import { words } from '@/words/en';

import { CallDialog } from './call-dialog';

type Call = Models['LlmCall'];
const { calls: text } = words.runs;
const number = new Intl.NumberFormat();
const columns = 'grid grid-cols-[minmax(0,1fr)_5rem_5rem] gap-2 px-2 sm:grid-cols-[9rem_minmax(0,1fr)_7rem_6rem_5rem_5rem_5rem]';

/** The calls of a run to models, with their tokens. They are read when somebody asks: they hold long texts. */
export function CallsPanel({ run }: { run: Run }) {
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState<Call | null>(null);
  const path = `/api/v2/prompt-runs/${run.run_id}/llm-calls`;
  const calls = useQuery({
    queryKey: ['runs', run.run_id, 'calls', hasEnded(run)],
    queryFn: ({ signal }) => unwrap(api.GET('/api/v2/prompt-runs/{run_id}/llm-calls', { params: { path: { run_id: run.run_id } }, signal })),
    enabled: open,
  });
  return (
    <section aria-label={text.title} className="flex flex-col gap-3">
      <header className="flex items-center justify-between gap-2">
        <h2 className="text-base font-semibold">{text.title}</h2>
        <CopyAs request={{ method: 'GET', path }} />
      </header>
      {!open && (
        <Button className="self-start" onClick={() => setOpen(true)}>
          {text.load}
        </Button>
      )}
      {open && calls.isPending && <SkeletonRows rows={3} className="h-8 w-full" />}
      {calls.isError && <ProblemNotice error={calls.error} onRetry={() => void calls.refetch()} />}
      {calls.data !== undefined && <CallTable calls={calls.data} onOpen={setShown} />}
      {shown !== null && <CallDialog call={shown} onClose={() => setShown(null)} />}
    </section>
  );
}

function CallTable({ calls, onOpen }: { calls: readonly Call[]; onOpen: (call: Call) => void }) {
  if (calls.length === 0) return <p className="text-ink-soft">{text.none}</p>;
  const sum = (count: (call: Call) => number) => number.format(calls.reduce((total, call) => total + count(call), 0));
  const heads = [text.time, text.model, text.purpose, text.status, text.tokensIn, text.tokensOut, text.duration];
  const rowHeight = 36;
  return (
    <>
      <p className="text-ink-soft">
        {text.summary(calls.length, sum((call) => call.input_tokens), sum((call) => call.output_tokens))}. {text.latest}
      </p>
      <div role="table" aria-label={text.title} aria-rowcount={calls.length + 1} className="rounded-md border border-line">
        <div role="rowgroup">
          <div role="row" className={`${columns} border-b border-line-strong py-1 text-xs font-medium text-ink-soft`}>
            {heads.map((head, place) => (
              <span key={head} role="columnheader" className={columnLook(place)}>
                {head}
              </span>
            ))}
          </div>
        </div>
        <VList role="rowgroup" style={{ height: Math.min(360, calls.length * rowHeight) }}>
          {calls.map((call) => (
            <CallRow key={call.llm_call_id} call={call} onOpen={onOpen} />
          ))}
        </VList>
      </div>
    </>
  );
}

/** On a phone, the model, the duration and the status are in the window of the call. */
function columnLook(place: number): string {
  const right = place >= 4 ? 'text-right' : '';
  return place === 0 || place === 4 || place === 5 ? right : `hidden sm:block ${right}`;
}

function CallRow({ call, onOpen }: { call: Call; onOpen: (call: Call) => void }) {
  const when = formatDateTime(call.invoked_at);
  const cells = [
    <button type="button" key="when" aria-label={text.open(when)} onClick={() => onOpen(call)} className="truncate text-left underline">
      {when}
    </button>,
    call.model,
    text.purposes[call.purpose] ?? call.purpose,
    text.statuses[call.status] ?? call.status,
    number.format(call.input_tokens),
    number.format(call.output_tokens),
    call.duration_ms === null ? '' : text.milliseconds(call.duration_ms),
  ];
  return (
    <div role="row" className={`${columns} h-9 items-center border-b border-line hover:bg-raised`}>
      {cells.map((cell, place) => (
        <span key={place} role="cell" className={`truncate ${columnLook(place)} ${place === 3 && call.status === 'failed' ? 'text-warning' : ''}`}>
          {cell}
        </span>
      ))}
    </div>
  );
}
