import type { Models } from '@/api/client';
import { ApiProblem } from '@/api/problem';
import { pause, withRetries } from '@/app/uploads/transfer/backoff';
import type { NewUpload, UploadGateway } from '@/app/uploads/transfer/gateway';
import { bytesArrived, rangeOf } from '@/app/uploads/transfer/parts';
import type { Slots } from '@/app/uploads/transfer/slots';

/** What a transfer tells while it goes on. */
export interface TransferReports {
  /** The session is open. Its id is enough to go on later. */
  onSession: (uploadId: string) => void;
  /** How many bytes are sent, those of earlier attempts included. */
  onSent: (bytes: number) => void;
}

interface TransferParts {
  gateway: UploadGateway;
  /** The places of all transfers for parts under way. */
  slots: Slots;
  signal: AbortSignal;
  wait?: typeof pause;
}

/** Links of parts are renewed at most this often before a transfer fails. */
const mostRenewals = 5;

/**
 * Send a file in parts and complete its upload. Return the import job.
 *
 * With `uploadId`, go on with a session: only the parts that have not arrived are sent.
 */
export async function transfer(
  file: Blob,
  upload: NewUpload,
  uploadId: string | undefined,
  reports: TransferReports,
  { gateway, slots, signal, wait = pause }: TransferParts,
): Promise<Models['ImportJob']> {
  const retried = <Result>(work: () => Promise<Result>) => withRetries(work, signal, wait);
  let session = await retried(() => (uploadId === undefined ? gateway.begin(upload, signal) : gateway.get(uploadId, signal)));
  reports.onSession(session.upload_id);
  for (let renewals = 0; ; ) {
    if (session.parts.length === 0) {
      try {
        return await retried(() => gateway.complete(session.upload_id, signal));
      } catch (error) {
        if (!isIncomplete(error) || ++renewals > mostRenewals) throw error;
      }
    } else {
      try {
        await sendParts(file, session, reports, { gateway, slots, signal, wait });
      } catch (error) {
        if (!isStaleLink(error) || ++renewals > mostRenewals) throw error;
      }
    }
    session = await retried(() => gateway.get(session.upload_id, signal));
  }
}

/** Send the parts for which the session has links, several at the same time. The first failure stops them all. */
async function sendParts(file: Blob, session: Models['Upload'], reports: TransferReports, parts: Required<TransferParts>): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([parts.signal, stop.signal]);
  const arrived = bytesArrived(session);
  const sent = new Map<number, number>();
  const report = (number: number, bytes: number) => {
    sent.set(number, bytes);
    reports.onSent(arrived + [...sent.values()].reduce((sum, each) => sum + each, 0));
  };
  reports.onSent(arrived);
  const send = (part: Models['UploadPart']) =>
    parts.slots.run(() =>
      withRetries(
        async () => {
          signal.throwIfAborted();
          const { start, end } = rangeOf(session, part.part_number);
          report(part.part_number, 0);
          await parts.gateway.send(part, file.slice(start, end), (bytes) => report(part.part_number, Math.min(bytes, end - start)), signal);
          report(part.part_number, end - start);
        },
        signal,
        parts.wait,
      ),
    );
  const all = session.parts.map(send);
  try {
    await Promise.all(all);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(all);
    throw error;
  }
}

function isIncomplete(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === 'upload_incomplete';
}

/** Links expire after an hour, as while a computer sleeps. A new look at the session brings new ones. */
function isStaleLink(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 401 || error.status === 403 || error.status === 404);
}
