import { RotateCw } from 'lucide-react';

import { formatDateTime } from '@/components/time/format';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { StatusMark } from '@/components/ui/feedback/status-mark';
import { Select } from '@/components/ui/forms/select';
import { IconButton } from '@/components/ui/icon-button';
import { Table } from '@/components/ui/layout/table';
import { type DeliveryStatus, deliveryStatuses } from '@/pages/connections/connections-search';
import { type Delivery, listedDeliveries, useDeliveries } from '@/pages/connections/webhooks/queries';
import { words } from '@/words/en';

import { markOf } from './delivery-state';

interface DeliveryListProps {
  webhookId: string;
  status: DeliveryStatus | undefined;
  onFilter: (status: DeliveryStatus | undefined) => void;
  onOpen: (deliveryId: string) => void;
}

/** The newest deliveries of a webhook. */
export function DeliveryList({ webhookId, status, onFilter, onOpen }: DeliveryListProps) {
  const { data, error, refetch } = useDeliveries(webhookId, status);
  return (
    <section className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-base font-semibold">{words.connections.deliveries}</h3>
        <div className="flex items-center gap-2">
          <IconButton icon={RotateCw} label={words.connections.refresh} onClick={() => void refetch()} />
          <Select
            label={words.connections.status}
            hideLabel
            value={status ?? 'all'}
            onChange={(value) => onFilter(value === 'all' ? undefined : value)}
            options={[
              { value: 'all', label: words.connections.everyStatus },
              ...deliveryStatuses.map((value) => ({ value, label: words.connections.deliveryStatuses[value] })),
            ]}
          />
        </div>
      </div>
      {error !== null && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data === undefined ? error === null && <SkeletonRows /> : <Deliveries deliveries={data} status={status} onOpen={onOpen} />}
    </section>
  );
}

interface DeliveriesProps {
  deliveries: readonly Delivery[];
  status: DeliveryStatus | undefined;
  onOpen: (deliveryId: string) => void;
}

function Deliveries({ deliveries, status, onOpen }: DeliveriesProps) {
  if (deliveries.length === 0) {
    return status === undefined ? (
      <EmptyState title={words.connections.noDeliveries} text={words.connections.noDeliveriesText} />
    ) : (
      <EmptyState title={words.connections.noSuchDeliveries} />
    );
  }
  return (
    <>
      <Table
        caption={words.connections.deliveries}
        rows={deliveries}
        rowKey={(delivery) => delivery.delivery_id}
        columns={[
          {
            title: words.connections.time,
            cell: ({ created_at: createdAt }) => (
              <time dateTime={createdAt} title={createdAt} className="md:whitespace-nowrap">
                {formatDateTime(createdAt)}
              </time>
            ),
          },
          {
            title: words.connections.event,
            cell: (delivery) => (
              <button type="button" className="text-left text-accent underline" onClick={() => onOpen(delivery.delivery_id)}>
                {delivery.event_type}
              </button>
            ),
          },
          { title: words.connections.status, cell: (delivery) => <DeliveryState delivery={delivery} /> },
          { title: words.connections.attempts, align: 'right', wideOnly: true, cell: ({ attempts }) => attempts },
          {
            title: words.connections.answer,
            wideOnly: true,
            cell: ({ response_status_code: code, error_message: message }) => (
              <span className="block max-w-80 truncate" title={message ?? undefined}>
                {code ?? message ?? ''}
              </span>
            ),
          },
        ]}
      />
      {deliveries.length === listedDeliveries && (
        <p className="text-xs text-ink-soft">{words.connections.newestDeliveries(listedDeliveries)}</p>
      )}
    </>
  );
}

/** The state of a delivery as a mark and a word. */
export function DeliveryState({ delivery }: { delivery: Delivery }) {
  const label = words.connections.deliveryStatuses[delivery.status as DeliveryStatus];
  return (
    <span className="inline-flex items-center gap-1">
      <span aria-hidden className="inline-flex">
        <StatusMark status={markOf(delivery)} label={label} />
      </span>
      {label}
    </span>
  );
}
