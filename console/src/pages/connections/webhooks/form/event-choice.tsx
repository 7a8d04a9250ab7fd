import { Checkbox } from '@/components/ui/forms/checkbox';
import { useWebhookEvents } from '@/pages/connections/webhooks/queries';
import { words } from '@/words/en';

import { groupsOf, inWords, withEvents } from './event-groups';

interface EventChoiceProps {
  chosen: readonly string[];
  onChange: (events: string[]) => void;
  error: string | undefined;
}

/** The events of a webhook, grouped by what they are about. */
export function EventChoice({ chosen, onChange, error }: EventChoiceProps) {
  const { data: catalogue = [] } = useWebhookEvents();
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">{words.connections.events}</legend>
      {groupsOf(catalogue).map(({ subject, events }) => {
        const count = events.filter((event) => chosen.includes(event)).length;
        return (
          <div key={subject} className="flex flex-col">
            <Checkbox
              label={<span className="font-medium">{inWords(subject)}</span>}
              checked={count === events.length}
              indeterminate={count > 0 && count < events.length}
              onChange={(checked) => onChange(withEvents(catalogue, chosen, events, checked))}
            />
            <div className="grid pl-6">
              {events.map((event) => (
                <Checkbox
                  key={event}
                  label={<EventLabel event={event} />}
                  checked={chosen.includes(event)}
                  onChange={(checked) => onChange(withEvents(catalogue, chosen, [event], checked))}
                />
              ))}
            </div>
          </div>
        );
      })}
      {error !== undefined && <p className="text-xs text-warning">{error}</p>}
    </fieldset>
  );
}

/** An event in plain words, with its name in the API. */
function EventLabel({ event }: { event: string }) {
  const code = <code className="font-mono text-xs text-ink-soft">{event}</code>;
  const sentence = words.connections.eventNames[event];
  return sentence === undefined ? (
    code
  ) : (
    <span className="inline-flex flex-wrap items-baseline gap-x-2">
      {sentence} {code}
    </span>
  );
}
