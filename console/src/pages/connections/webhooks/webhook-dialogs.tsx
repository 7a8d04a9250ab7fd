import { ConfirmDialog } from '@/components/ui/overlays/confirm-dialog';
import { Dialog } from '@/components/ui/overlays/dialog';
import { useConnectionsAddress } from '@/pages/connections/address';
import { words } from '@/words/en';

import { ReplayForm } from './deliveries/replay-form';
import { WebhookForm } from './form/webhook-form';
import {
  useSecretRotation,
  useWebhookChange,
  useWebhookDeletion,
  type Webhook,
} from './queries';
import { SecretNotice } from './secret-notice';

export type WebhookDialogName = 'edit' | 'rotate' | 'replay' | 'delete';

interface WebhookDialogsProps {
  webhook: Webhook;
  dialog: WebhookDialogName | null;
  onClose: () => void;
}

/** The dialogs of a webhook, of which at most one is open. */
export function WebhookDialogs({ webhook, dialog, onClose }: WebhookDialogsProps) {
  const { open } = useConnectionsAddress();
  const deletion = useWebhookDeletion(webhook.webhook_id, () => open({ tab: 'webhooks' }, true));
  const close = (isOpen: boolean) => {
    if (!isOpen) onClose();
  };
  return (
    <>
      <Dialog open={dialog === 'edit'} onOpenChange={close} size="medium" title={words.connections.editConnectorTitle(webhook.name)}>
        <EditForm webhook={webhook} onDone={onClose} />
      </Dialog>
      <Dialog open={dialog === 'replay'} onOpenChange={close} title={words.connections.replayTitle} description={words.connections.replayText}>
        <ReplayForm webhookId={webhook.webhook_id} onDone={onClose} />
      </Dialog>
      <RotationDialogs webhook={webhook} isOpen={dialog === 'rotate'} onClose={onClose} />
      <ConfirmDialog
        open={dialog === 'delete'}
        onOpenChange={close}
        title={words.connections.deleteTitle(webhook.name)}
        confirmLabel={words.connections.deleteWebhook}
        pending={deletion.isPending}
        error={deletion.error}
        onConfirm={() => deletion.mutate()}
      >
        <p>{words.connections.deleteWebhookGoes}</p>
        <p>{words.connections.deleteWebhookHint}</p>
      </ConfirmDialog>
    </>
  );
}

function EditForm({ webhook, onDone }: { webhook: Webhook; onDone: () => void }) {
  const change = useWebhookChange(webhook.webhook_id);
  return (
    <WebhookForm
      initial={{ name: webhook.name, url: webhook.url, events: webhook.events, index_ids: webhook.index_ids ?? [] }}
      submitLabel={words.connections.saveWebhook}
      pending={change.isPending}
      error={change.error}
      onSubmit={(values) => change.mutate(values, { onSuccess: onDone })}
    />
  );
}

/** The question before a rotation, then the new secret. */
function RotationDialogs({ webhook, isOpen, onClose }: { webhook: Webhook; isOpen: boolean; onClose: () => void }) {
  const rotation = useSecretRotation(webhook.webhook_id);
  const secret = rotation.data?.new_secret ?? null;
  const finish = () => {
    rotation.reset();
    onClose();
  };
  return (
    <>
      <ConfirmDialog
        open={isOpen && secret === null}
        onOpenChange={(next) => {
          if (!next && secret === null && !rotation.isPending) onClose();
        }}
        title={words.connections.rotateTitle}
        confirmLabel={words.connections.rotate}
        pending={rotation.isPending}
        error={rotation.error}
        onConfirm={() => rotation.mutate(undefined)}
      >
        <p>{words.connections.rotateText}</p>
      </ConfirmDialog>
      <Dialog open={isOpen && secret !== null} onOpenChange={finish} size="medium" title={words.connections.secretTitle}>
        {secret !== null && <SecretNotice secret={secret} onDone={finish} />}
      </Dialog>
    </>
  );
}
