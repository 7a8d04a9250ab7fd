import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';
import type { DeliveryStatus } from '@/pages/connections/connections-search';

import { pollAfter } from './deliveries/delivery-state';

export type Webhook = Models['Webhook'];
export type Delivery = Models['WebhookDelivery'];

const list = ['webhooks'] as const;

/** The most deliveries that the API lists, the newest events first. */
export const listedDeliveries = 100;

export function useWebhooks() {
  return useQuery({ queryKey: list, queryFn: ({ signal }) => unwrap(api.GET('/api/v2/webhooks', { signal })) });
}

export function useWebhookEvents() {
  return useQuery({
    queryKey: ['webhooks', 'events'],
    queryFn: ({ signal }) => unwrap(api.GET('/api/v2/webhooks/events', { signal })),
    staleTime: Infinity,
  });
}

export function useIndexes() {
  return useQuery({ queryKey: ['indexes'], queryFn: ({ signal }) => unwrap(api.GET('/api/v2/indexes', { signal })) });
}

export function useDeliveries(webhookId: string, status: DeliveryStatus | undefined) {
  return useQuery({
    queryKey: ['webhooks', webhookId, 'deliveries', status ?? 'all'],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/api/v2/webhooks/{webhook_id}/deliveries', {
          params: { path: { webhook_id: webhookId }, query: { limit: listedDeliveries, status: status ?? null } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => pollAfter(state.data ?? [], Date.now()),
  });
}

export function useDelivery(deliveryId: string) {
  return useQuery({
    queryKey: ['webhooks', 'delivery', deliveryId],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v2/webhooks/deliveries/{delivery_id}', { params: { path: { delivery_id: deliveryId } }, signal })),
    refetchInterval: ({ state }) => pollAfter(state.data === undefined ? [] : [state.data], Date.now()),
  });
}

export function useWebhookCreation() {
  return useWebhookMutation((body: Models['CreateWebhookRequest']) => unwrap(api.POST('/api/v2/webhooks', { body })));
}

export function useWebhookChange(webhookId: string) {
  return useWebhookMutation((body: Models['UpdateWebhookRequest']) =>
    unwrap(api.PATCH('/api/v2/webhooks/{webhook_id}', { params: path(webhookId), body })),
  );
}

/** Delete a webhook. `onDeleted` leaves its view, before the list is read without it. */
export function useWebhookDeletion(webhookId: string, onDeleted: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE('/api/v2/webhooks/{webhook_id}', { params: path(webhookId) })),
    onSuccess: () => {
      onDeleted();
      return client.invalidateQueries({ queryKey: list, exact: true });
    },
  });
}

export function useSecretRotation(webhookId: string) {
  return useWebhookMutation(() => unwrap(api.POST('/api/v2/webhooks/{webhook_id}/rotate-secret', { params: path(webhookId) })));
}

export function useWebhookTest(webhookId: string) {
  return useMutation({ mutationFn: () => unwrap(api.POST('/api/v2/webhooks/{webhook_id}/test', { params: path(webhookId) })) });
}

export function useRetry(deliveryId: string) {
  return useWebhookMutation(() =>
    unwrap(api.POST('/api/v2/webhooks/deliveries/{delivery_id}/retry', { params: { path: { delivery_id: deliveryId } } })),
  );
}

/** Replay a range of times, part by part. Returns the number of queued deliveries. */
export function useReplay(webhookId: string) {
  return useWebhookMutation(async ({ from, to }: { from: string; to: string | null }) => {
    let queued = 0;
    let body: Models['ReplayRequest'] = { from, to };
    for (;;) {
      const part = await unwrap(api.POST('/api/v2/webhooks/{webhook_id}/replay', { params: path(webhookId), body }));
      queued += part.deliveries;
      if (!part.has_more) return queued;
      body = { from, to: part.to, cursor: part.next_cursor };
    }
  });
}

function path(webhookId: string) {
  return { path: { webhook_id: webhookId } };
}

/** A mutation after which everything about webhooks is read again. */
function useWebhookMutation<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: list }) });
}
