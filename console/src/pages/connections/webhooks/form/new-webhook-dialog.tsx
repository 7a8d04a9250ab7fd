import { useState } from 'react';

import { Dialog } from '@/components/ui/overlays/dialog';
import { useConnectionsAddress } from '@/pages/connections/address';
import { useWebhookCreation } from '@/pages/connections/webhooks/queries';
import { SecretNotice } from '@/pages/connections/webhooks/secret-notice';
import { words } from '@/words/en';

import { WebhookForm } from './webhook-form';

interface NewWebhookDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** The dialog that makes a webhook and then shows its secret once. */
export function NewWebhookDialog({ open, onOpenChange }: NewWebhookDialogProps) {
  const { open: openAddress } = useConnectionsAddress();
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null);
  const close = (isOpen: boolean) => {
    if (isOpen) return;
    onOpenChange(false);
    if (made !== null) openAddress({ tab: 'webhooks', webhook: made.id });
    setMade(null);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      size="medium"
      title={made === null ? words.connections.newWebhook : words.connections.secretTitle}
    >
      {made === null ? (
        <NewWebhookForm onMade={(id, secret) => setMade({ id, secret })} />
      ) : (
        <SecretNotice secret={made.secret} onDone={() => close(false)} />
      )}
    </Dialog>
  );
}

function NewWebhookForm({ onMade }: { onMade: (webhookId: string, secret: string) => void }) {
  const creation = useWebhookCreation();
  return (
    <WebhookForm
      initial={{ name: '', url: '', events: [], index_ids: [] }}
      submitLabel={words.connections.createWebhook}
      pending={creation.isPending}
      error={creation.error}
      onSubmit={(values) => creation.mutate(values, { onSuccess: (made) => onMade(made.webhook_id, made.secret) })}
    />
  );
}
