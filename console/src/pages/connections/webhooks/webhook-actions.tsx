import { Ellipsis } from 'lucide-react';
import { useState } from 'react';

import { useMay } from '@/app/session/session';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { StatusMark } from '@/components/ui/feedback/status-mark';
import { IconButton } from '@/components/ui/icon-button';
import { Menu } from '@/components/ui/overlays/menu';
import { words } from '@/words/en';

import { useWebhookChange, useWebhookTest, type Webhook } from './queries';
import { type WebhookDialogName, WebhookDialogs } from './webhook-dialogs';

/** What can be done with a webhook, and the outcome of a test delivery. */
export function WebhookActions({ webhook }: { webhook: Webhook }) {
  const mayWrite = useMay('write');
  const mayDelete = useMay('admin');
  const test = useWebhookTest(webhook.webhook_id);
  const change = useWebhookChange(webhook.webhook_id);
  const [dialog, setDialog] = useState<WebhookDialogName | null>(null);
  if (!mayWrite) return null;
  const isActive = webhook.status === 'active';
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button disabled={test.isPending} onClick={() => test.mutate()}>
          {test.isPending ? words.connections.sendingTest : words.connections.sendTest}
        </Button>
        <Button disabled={change.isPending} onClick={() => change.mutate({ status: isActive ? 'paused' : 'active' })}>
          {isActive ? words.connections.pause : words.connections.enable}
        </Button>
        <Button onClick={() => setDialog('replay')}>{words.connections.replay}</Button>
        <Menu
          align="start"
          trigger={<IconButton icon={Ellipsis} label={words.connections.moreOf(webhook.name)} />}
          entries={[
            { label: words.connections.editWebhook, onSelect: () => setDialog('edit') },
            { label: words.connections.rotate, onSelect: () => setDialog('rotate') },
            ...(mayDelete ? [{ label: words.connections.deleteWebhook, onSelect: () => setDialog('delete'), danger: true }] : []),
          ]}
        />
      </div>
      {test.data !== undefined && (
        <p role="status" className="flex items-start gap-2">
          <span className="mt-0.5">
            <StatusMark
              status={test.data.success ? 'ready' : 'failed'}
              label={test.data.success ? words.connections.testArrived : words.connections.testDidNotArrive}
            />
          </span>
          <span className="wrap-anywhere">
            {test.data.success ? words.connections.testArrived : words.connections.testDidNotArrive}
            {test.data.status_code !== null && ` ${words.connections.answeredWith(test.data.status_code)}`}
            {test.data.error !== null && ` ${test.data.error}`}
          </span>
        </p>
      )}
      {test.error !== null && <ProblemNotice error={test.error} />}
      {change.error !== null && <ProblemNotice error={change.error} />}
      <WebhookDialogs webhook={webhook} dialog={dialog} onClose={() => setDialog(null)} />
    </div>
  );
}
