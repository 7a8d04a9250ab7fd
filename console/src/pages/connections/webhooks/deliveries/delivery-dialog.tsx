import { useMay } from '@/app/session/session';
import { formatDateTime } from '@/components/time/format';
import { Button } from '@/components/ui/button';
import { CodeBlock } from '@/components/ui/copying/code-block';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { Dialog } from '@/components/ui/overlays/dialog';
import { type Delivery, useDelivery, useRetry } from '@/pages/connections/webhooks/queries';
import { words } from '@/words/en';

import { DeliveryState } from './delivery-list';
import { canBeResent } from './delivery-state';

interface DeliveryDialogProps {
  deliveryId: string;
  /** Whether the webhook takes deliveries. */
  isActive: boolean;
  onClose: () => void;
}

/** A delivery with its payload, the answer of the receiver, and a button that sends it again. */
export function DeliveryDialog({ deliveryId, isActive, onClose }: DeliveryDialogProps) {
  const { data, error, refetch } = useDelivery(deliveryId);
  return (
    <Dialog
      open
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
      size="medium"
      title={data?.event_type ?? words.connections.delivery}
    >
      {error !== null && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data === undefined ? error === null && <SkeletonRows /> : <Content delivery={data} isActive={isActive} />}
    </Dialog>
  );
}

function Content({ delivery, isActive }: { delivery: Delivery; isActive: boolean }) {
  const retry = useRetry(delivery.delivery_id);
  const mayWrite = useMay('write');
  const { last_attempt_at: attemptedAt, next_retry_at: nextAt } = delivery;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <div role="status" className="flex flex-col gap-1">
          <DeliveryState delivery={delivery} />
          <span className="text-ink-soft">
            {words.connections.attemptCount(delivery.attempts)}
            {attemptedAt !== null && ` ${words.connections.lastAttempt(formatDateTime(attemptedAt))}`}
            {nextAt !== null && ` ${words.connections.nextAttempt(formatDateTime(nextAt))}`}
          </span>
        </div>
        {mayWrite && isActive && canBeResent(delivery) && (
          <Button look="primary" disabled={retry.isPending} onClick={() => retry.mutate(undefined)}>
            {words.connections.resend}
          </Button>
        )}
      </div>
      {retry.error !== null && <ProblemNotice error={retry.error} />}
      {delivery.error_message !== null && <p className="text-warning wrap-anywhere">{delivery.error_message}</p>}
      {delivery.response_status_code !== null && (
        <Part title={words.connections.answerOf(delivery.response_status_code)} text={delivery.response_body} />
      )}
      <Part
        title={words.connections.payload}
        text={delivery.payload == null ? null : JSON.stringify(delivery.payload, null, 2)}
        otherwise={words.connections.payloadGone}
      />
      <p className="text-xs text-ink-soft select-all">{delivery.delivery_id}</p>
    </div>
  );
}

interface PartProps {
  title: string;
  text: string | null;
  otherwise?: string;
}

function Part({ title, text, otherwise }: PartProps) {
  return (
    <section className="flex flex-col gap-1">
      <h3 className="font-medium">{title}</h3>
      {text === null || text === '' ? (
        otherwise !== undefined && <p className="text-ink-soft">{otherwise}</p>
      ) : (
        <CodeBlock code={text} label={title} />
      )}
    </section>
  );
}
