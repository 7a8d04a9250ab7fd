import { useState } from 'react';

import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { Select } from '@/components/ui/forms/select';
import { TextField } from '@/components/ui/forms/text-field';
import { useReplay } from '@/pages/connections/webhooks/queries';
import { words } from '@/words/en';

import { replayHours, startOf, timeOf } from './replay-range';

/** The form that delivers the events of a range of times again. */
export function ReplayForm({ webhookId, onDone }: { webhookId: string; onDone: () => void }) {
  const replay = useReplay(webhookId);
  const [range, setRange] = useState('1');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const isOwn = range === 'own';
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const start = isOwn ? timeOf(from) : startOf(Number(range), Date.now());
        if (start !== null) replay.mutate({ from: start, to: isOwn ? timeOf(to) : null });
      }}
    >
      <Select
        label={words.connections.replayRange}
        value={range}
        onChange={setRange}
        options={[
          ...replayHours.map((hours) => ({ value: String(hours), label: words.connections.lastHours(hours) })),
          { value: 'own', label: words.connections.ownRange },
        ]}
      />
      {isOwn && (
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label={words.connections.from} type="datetime-local" required value={from} onValueChange={setFrom} />
          <TextField label={words.connections.to} hint={words.connections.toHint} type="datetime-local" value={to} onValueChange={setTo} />
        </div>
      )}
      {replay.error !== null && <ProblemNotice error={replay.error} />}
      {replay.data !== undefined && <p role="status">{words.connections.replayed(replay.data)}</p>}
      <footer className="flex justify-end gap-2">
        {replay.data !== undefined && <Button onClick={onDone}>{words.shell.close}</Button>}
        <Button type="submit" look="primary" disabled={replay.isPending}>
          {replay.isPending ? words.connections.replaying : words.connections.replay}
        </Button>
      </footer>
    </form>
  );
}
