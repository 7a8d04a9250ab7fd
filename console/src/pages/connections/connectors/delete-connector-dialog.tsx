import { ConfirmDialog } from '@/components/ui/overlays/confirm-dialog';
import { words } from '@/words/en';

import { type Connector, useConnectorDeletion } from './queries';

interface DeleteConnectorDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  connector: Connector;
}

/** The question before a connector is deleted. */
export function DeleteConnectorDialog({ open, onOpenChange, connector }: DeleteConnectorDialogProps) {
  const deletion = useConnectorDeletion();
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={words.connections.deleteTitle(connector.name)}
      confirmLabel={words.connections.deleteConnector}
      pending={deletion.isPending}
      error={deletion.error}
      onConfirm={() => deletion.mutate(connector.connector_id)}
    >
      <p>{words.connections.deleteConnectorGoes}</p>
      <p>{words.connections.deleteConnectorStays}</p>
    </ConfirmDialog>
  );
}
