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

import { ConnectorRow } from './connector-row';
import { NewConnectorDialog } from './new-connector-dialog';
import { useConnectors } from './queries';
import { StoreBrowser } from './store-browser';

/** The tab of connectors: their list, or the store of one. */
export function ConnectorsTab() {
  const { search } = useConnectionsAddress();
  const [isMaking, setMaking] = useState(false);
  const mayWrite = useMay('write');
  useShortcuts(
    useMemo(
      () => (mayWrite ? [{ label: words.connections.newConnector, run: () => setMaking(true), inPalette: true }] : []),
      [mayWrite],
    ),
  );
  const { data, error, refetch } = useConnectors();
  if (error !== null && data === undefined) {
    return <div className="py-4"><ProblemNotice error={error} onRetry={() => void refetch()} /></div>;
  }
  if (data === undefined) return <SkeletonRows rows={3} className="h-20 w-full" />;
  if (search.connector !== undefined) {
    return <StoreBrowser connectorId={search.connector} connector={data.find((each) => each.connector_id === search.connector)} />;
  }
  const makeButton = mayWrite && (
    <Button look="primary" onClick={() => setMaking(true)}>
      <Plus size={16} aria-hidden />
      {words.connections.newConnector}
    </Button>
  );
  return (
    <div className="flex flex-col gap-2 py-4">
      {data.length === 0 ? (
        <EmptyState title={words.connections.noConnectors} text={words.connections.noConnectorsText}>
          {makeButton}
        </EmptyState>
      ) : (
        <>
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p className="text-ink-soft">{words.connections.connectorsText}</p>
            {makeButton}
          </div>
          <ul className="flex flex-col gap-2">
            {data.map((connector) => (
              <ConnectorRow key={connector.connector_id} connector={connector} />
            ))}
          </ul>
        </>
      )}
      <NewConnectorDialog open={isMaking} onOpenChange={setMaking} />
    </div>
  );
}
