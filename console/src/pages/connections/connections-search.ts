import { present, textOf } from '@/app/search-values';

const tabs = ['connectors', 'webhooks'] as const;
type Tab = (typeof tabs)[number];

export const deliveryStatuses = ['pending', 'processing', 'retrying', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** What the address of the page says: the tab, the opened thing, and what is shown of it. */
export interface ConnectionsSearch {
  tab?: Tab;
  /** The connector whose store is shown, and the folder in it. */
  connector?: string;
  folder?: string;
  /** The webhook whose deliveries are shown, their status, and the opened delivery. */
  webhook?: string;
  status?: DeliveryStatus;
  delivery?: string;
}

/** Read the search part of an address. What it cannot use is left out. */
export function connectionsSearchOf(search: Record<string, unknown>): ConnectionsSearch {
  const connector = textOf(search.connector);
  const webhook = textOf(search.webhook);
  const tab = tabs.find((each) => each === search.tab) ?? (webhook !== undefined ? 'webhooks' : undefined);
  if (tab !== 'webhooks') {
    return present({ tab, connector, folder: connector === undefined ? undefined : textOf(search.folder) });
  }
  if (webhook === undefined) return { tab };
  const status = deliveryStatuses.find((each) => each === search.status);
  return present({ tab, webhook, status, delivery: textOf(search.delivery) });
}
