import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';

import { useMay } from '@/app/session/session';
import { useShortcuts } from '@/app/shortcuts/registry';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { useConnectionsAddress } from '@/pages/connections/address';
import { words } from '@/words/en';

import { NewWebhookDialog } from './form/new-webhook-dialog';
import { useWebhooks } from './queries';
import { WebhookDetail } from './webhook-detail';
import { WebhookRow } from './webhook-row';

/** The tab of webhooks: their list, or one with its deliveries. */
export function WebhooksTab() {
  const { search } = useConnectionsAddress();
  const [isMaking, setMaking] = useState(false);
  const mayWrite = useMay('write');
  useShortcuts(
    useMemo(
      () => (mayWrite ? [{ label: words.connections.newWebhook, run: () => setMaking(true), inPalette: true }] : []),
      [mayWrite],
    ),
  );
  const { data, error, refetch } = useWebhooks();
  if (error !== null && data === undefined) {
    return <div className="py-4"><ProblemNotice error={error} onRetry={() => void refetch()} /></div>;
  }
  if (data === undefined) return <SkeletonRows rows={3} className="h-20 w-full" />;
  if (search.webhook !== undefined) {
    const webhook = data.find((each) => each.webhook_id === search.webhook);
    return webhook === undefined ? <EmptyState title={words.connections.noSuchWebhook} /> : <WebhookDetail webhook={webhook} />;
  }
  const makeButton = mayWrite && (
    <Button look="primary" onClick={() => setMaking(true)}>
      <Plus size={16} aria-hidden />
      {words.connections.newWebhook}
    </Button>
  );
  return (
    <div className="flex flex-col gap-2 py-4">
      {data.length === 0 ? (
        <EmptyState title={words.connections.noWebhooks} text={words.connections.noWebhooksText}>
          {makeButton}
        </EmptyState>
      ) : (
        <>
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p className="text-ink-soft">{words.connections.webhooksText}</p>
            {makeButton}
          </div>
          <ul className="flex flex-col gap-2">
            {data.map((webhook) => (
              <WebhookRow key={webhook.webhook_id} webhook={webhook} />
            ))}
          </ul>
        </>
      )}
      <NewWebhookDialog open={isMaking} onOpenChange={setMaking} />
    </div>
  );
}
