import { ArrowLeft } from 'lucide-react';

import { Button } from '@/components/ui/button';
import { useConnectionsAddress } from '@/pages/connections/address';
import { words } from '@/words/en';

import { DeliveryDialog } from './deliveries/delivery-dialog';
import { DeliveryList } from './deliveries/delivery-list';
import type { Webhook } from './queries';
import { WebhookActions } from './webhook-actions';
import { WebhookState } from './webhook-row';

/** A webhook with its deliveries. The address may open one of them. */
export function WebhookDetail({ webhook }: { webhook: Webhook }) {
  const { search, open } = useConnectionsAddress();
  const here = { tab: 'webhooks' as const, webhook: webhook.webhook_id };
  const filtered = search.status === undefined ? here : { ...here, status: search.status };
  return (
    <div className="flex flex-col gap-4 py-4">
      <div>
        <Button look="quiet" onClick={() => open({ tab: 'webhooks' })}>
          <ArrowLeft size={16} aria-hidden />
          {words.connections.allWebhooks}
        </Button>
      </div>
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div className="flex min-w-0 flex-col gap-1">
          <h2 className="flex flex-wrap items-center gap-2 text-lg font-semibold wrap-anywhere">
            {webhook.name}
            <WebhookState webhook={webhook} />
          </h2>
          <p className="text-ink-soft wrap-anywhere">{webhook.url}</p>
          {webhook.disabled_reason !== null && <p className="text-warning">{webhook.disabled_reason}</p>}
          <p className="text-xs text-ink-soft wrap-anywhere">{webhook.events.join(', ')}</p>
        </div>
      </header>
      <WebhookActions webhook={webhook} />
      <DeliveryList
        webhookId={webhook.webhook_id}
        status={search.status}
        onFilter={(status) => open(status === undefined ? here : { ...here, status }, true)}
        onOpen={(delivery) => open({ ...filtered, delivery })}
      />
      {search.delivery !== undefined && (
        <DeliveryDialog deliveryId={search.delivery} isActive={webhook.status === 'active'} onClose={() => open(filtered)} />
      )}
    </div>
  );
}
