import { Link } from '@tanstack/react-router';

import { formatDateTime } from '@/components/time/format';
import { Badge } from '@/components/ui/feedback/badge';
import { words } from '@/words/en';

import type { Webhook } from './queries';

/** A webhook in the list: its address, its state and its failures. It opens the deliveries. */
export function WebhookRow({ webhook }: { webhook: Webhook }) {
  return (
    <li>
      <Link
        to="/connections"
        search={{ tab: 'webhooks', webhook: webhook.webhook_id }}
        className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-line p-4 hover:bg-raised"
      >
        <span className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
          <span className="truncate text-base font-semibold" title={webhook.name}>
            {webhook.name}
          </span>
          <span className="truncate text-ink-soft" title={webhook.url}>
            {webhook.url}
          </span>
        </span>
        <span className="flex flex-wrap items-center gap-2">
          <span className="text-xs text-ink-soft">{words.connections.eventCount(webhook.events.length)}</span>
          <WebhookState webhook={webhook} />
        </span>
      </Link>
    </li>
  );
}

/** The state of a webhook, and how often it has failed since the last success. */
export function WebhookState({ webhook }: { webhook: Webhook }) {
  const { failure_count: failures, last_success_at: succeededAt } = webhook;
  const state = words.connections.webhookStates[webhook.status as keyof typeof words.connections.webhookStates];
  return (
    <>
      {failures > 0 && <Badge tone="warning">{words.connections.failures(failures)}</Badge>}
      {failures === 0 && succeededAt !== null && (
        <time dateTime={succeededAt} title={succeededAt} className="text-xs text-ink-soft">
          {words.connections.lastSuccess(formatDateTime(succeededAt))}
        </time>
      )}
      <Badge tone={webhook.status === 'active' ? 'accent' : webhook.status === 'disabled' ? 'warning' : 'neutral'}>{state}</Badge>
    </>
  );
}
