import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';

import { CopyAs } from '@/components/ui/copying/copy-as';
import type { ApiRequest } from '@/components/ui/copying/request-snippet';
import { PageHeader } from '@/components/ui/layout/page-header';
import { Tabs } from '@/components/ui/layout/tabs';
import { type AutomationsSearch, automationsSearchOf } from '@/pages/automations/automations-search';
import { type ImportsSearch, importsSearchOf } from '@/pages/imports/imports-search';
import { words } from '@/words/en';

import { type ConnectionsSearch, connectionsSearchOf } from './connections-search';

type Tab = 'connectors' | 'imports' | 'automations' | 'webhooks';

const order: readonly Tab[] = ['connectors', 'imports', 'automations', 'webhooks'];

/** The head of the pages of connections: stores, what comes out of them, and addresses that are told of events. */
export function ConnectionsFrame() {
  const navigate = useNavigate();
  const { pathname, search } = useRouterState({ select: ({ location }) => location });
  const tab = tabOf(pathname, search);
  const show = (next: Tab) => {
    if (next === 'imports') void navigate({ to: '/imports' });
    else if (next === 'automations') void navigate({ to: '/automations' });
    else void navigate({ to: '/connections', search: { tab: next } });
  };
  return (
    <div className="flex h-full max-w-5xl flex-col">
      <PageHeader title={words.connections.title} actions={<CopyAs request={requestOf(tab, search)} />} />
      <Tabs
        label={words.connections.title}
        value={tab}
        onChange={show}
        className="flex-1 px-4"
        tabs={order.map((value) => ({ value, label: words.connections.tabs[value], panel: <Outlet /> }))}
      />
    </div>
  );
}

function tabOf(path: string, search: Record<string, unknown>): Tab {
  if (path.startsWith('/imports')) return 'imports';
  if (path.startsWith('/automations')) return 'automations';
  return connectionsSearchOf(search).tab ?? 'connectors';
}

/** Return the request behind what the page shows. */
function requestOf(tab: Tab, search: Record<string, unknown>): ApiRequest {
  switch (tab) {
    case 'imports':
      return ofImports(importsSearchOf(search));
    case 'automations':
      return { method: 'GET', path: ofAutomations(automationsSearchOf(search)) };
    case 'connectors':
    case 'webhooks':
      return { method: 'GET', path: ofConnections(connectionsSearchOf(search)) };
  }
}

function ofImports({ status, index, automatic }: ImportsSearch): ApiRequest {
  return { method: 'GET', path: '/api/v2/import-jobs', query: { status, index_id: index, automation_only: automatic } };
}

function ofAutomations({ index, kind }: AutomationsSearch): string {
  return index === undefined || kind === undefined ? '/api/v2/automations' : `/api/v2/indexes/${index}/automations/${kind}`;
}

function ofConnections({ tab, connector, webhook, delivery }: ConnectionsSearch): string {
  if (tab !== 'webhooks') return connector === undefined ? '/api/v2/connectors' : `/api/v2/connectors/${connector}`;
  if (webhook === undefined) return '/api/v2/webhooks';
  return delivery === undefined ? `/api/v2/webhooks/${webhook}/deliveries` : `/api/v2/webhooks/deliveries/${delivery}`;
}
