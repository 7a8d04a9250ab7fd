import { Link } from '@tanstack/react-router';

import { rowLink } from '@/app/shortcuts/use-row-keys';
import { formatDateTime } from '@/components/time/format';
import { Badge } from '@/components/ui/feedback/badge';
import { words } from '@/words/en';

import { connectorOf, describePlace, describeResult } from './describe';
import type { Names } from './names';
import type { Automation } from './queries';

interface AutomationRowProps {
  automation: Automation;
  names: Names;
}

/** An automation in the list: what it does, what it did last, and when it looks again. It opens its history. */
export function AutomationRow({ automation, names }: AutomationRowProps) {
  const { index_id: index, kind, last_result: last, status_reason: reason } = automation;
  const name = names.index(index);
  const nextAt = kind === 'import' ? automation.next_check_at : null;
  return (
    <li>
      <Link
        {...rowLink}
        to="/automations"
        search={{ index, kind }}
        className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-line p-4 hover:bg-raised"
      >
        <span className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
          <span className="truncate text-base font-semibold" title={name}>
            {words.automations.title(kind, name)}
          </span>
          <span className="truncate text-ink-soft">{describePlace(automation, names.connector(connectorOf(automation)))}</span>
          {reason !== null && automation.status === 'blocked' ? (
            <span className="text-xs text-warning">{reason.message}</span>
          ) : (
            <span className="text-xs text-ink-soft">{last == null ? words.automations.noResult[kind] : describeResult(last)}</span>
          )}
        </span>
        <span className="flex flex-wrap items-center gap-2">
          {nextAt !== null && (
            <time dateTime={nextAt} title={nextAt} className="text-xs text-ink-soft">
              {words.automations.next(formatDateTime(nextAt))}
            </time>
          )}
          <AutomationState automation={automation} />
        </span>
      </Link>
    </li>
  );
}

/** The state of an automation: at work, paused, disabled, or hindered. */
export function AutomationState({ automation: { status } }: { automation: Automation }) {
  const tone = status === 'active' ? 'accent' : status === 'blocked' ? 'warning' : 'neutral';
  return <Badge tone={tone}>{words.automations.states[status]}</Badge>;
}
