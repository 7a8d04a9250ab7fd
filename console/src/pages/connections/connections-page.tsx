import { useConnectionsAddress } from './address';
import { ConnectorsTab } from './connectors/connectors-tab';
import { WebhooksTab } from './webhooks/webhooks-tab';

/** The stores that the server reads, or the addresses that it tells of events. */
export function ConnectionsPage() {
  const { search } = useConnectionsAddress();
  return search.tab === 'webhooks' ? <WebhooksTab /> : <ConnectorsTab />;
}
