import { CopyAs } from '@/components/ui/copying/copy-as';
import { PageHeader } from '@/components/ui/layout/page-header';
import { Tabs } from '@/components/ui/layout/tabs';
import { words } from '@/words/en';

import { useConnectionsAddress } from './address';
import type { ConnectionsSearch } from './connections-search';
import { ConnectorsTab } from './connectors/connectors-tab';
import { WebhooksTab } from './webhooks/webhooks-tab';

/** The page of what the server is connected to: stores that it reads, and addresses that it tells of events. */
export function ConnectionsPage() {
  const { search, open } = useConnectionsAddress();
  const tab = search.tab ?? 'connectors';
  return (
    <div className="flex h-full max-w-5xl flex-col">
      <PageHeader title={words.connections.title} actions={<CopyAs request={{ method: 'GET', path: requestOf(search) }} />} />
      <Tabs
        label={words.connections.title}
        value={tab}
        onChange={(next) => open({ tab: next })}
        className="flex-1 px-4"
        tabs={[
          { value: 'connectors', label: words.connections.connectors, panel: <ConnectorsTab /> },
          { value: 'webhooks', label: words.connections.webhooks, panel: <WebhooksTab /> },
        ]}
      />
    </div>
  );
}

/** Return the path of the request behind what the page shows. */
function requestOf({ tab, connector, webhook, delivery }: ConnectionsSearch): string {
  if (tab !== 'webhooks') return connector === undefined ? '/api/v2/connectors' : `/api/v2/connectors/${connector}`;
  if (webhook === undefined) return '/api/v2/webhooks';
  return delivery === undefined ? `/api/v2/webhooks/${webhook}/deliveries` : `/api/v2/webhooks/deliveries/${delivery}`;
}
