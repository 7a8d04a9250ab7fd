import { describe, expect, it } from 'vitest';

import type { Models } from '@/api/client';
import { ApiProblem } from '@/api/problem';
import type { NewUpload, UploadGateway } from './gateway';
import { addressOf, bytesArrived, rangeOf } from './parts';
import { Slots } from './slots';
import { transfer, type TransferReports } from './transfer';

const upload: NewUpload = { fileName: 'a.mp4', contentType: 'video/mp4', size: 25, title: null, indexId: null, idempotencyKey: 'one' };
const file = new Blob(['0123456789abcdefghijKLMNO']);

/** A server that takes parts of ten bytes and gives two links at a time. */
class Server implements UploadGateway {
  arrived = new Map<number, string>();
  begun = 0;
  atOnce = 0;
  mostAtOnce = 0;
  failures: ApiProblem[] = [];

  private view = (): Promise<Models['Upload']> => {
    const parts = [1, 2, 3].filter((number) => !this.arrived.has(number)).slice(0, 2);
    return Promise.resolve({
      upload_id: 'upl_1',
      status: 'open',
      size_bytes: 25,
      part_size_bytes: 10,
      arrived_parts: [...this.arrived.keys()],
      parts: parts.map((part_number) => ({ part_number, size_bytes: 10, method: 'PUT', url: '', headers: {} })),
    } as unknown as Models['Upload']);
  };

  begin = () => {
    this.begun += 1;
    return this.view();
  };
  get = () => this.view();
  send = async (part: Models['UploadPart'], bytes: Blob, onProgress: (sent: number) => void, signal: AbortSignal) => {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    await Promise.resolve();
    this.atOnce -= 1;
    signal.throwIfAborted();
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    onProgress(bytes.size);
    this.arrived.set(part.part_number, await bytes.text());
  };
  complete = () => Promise.resolve({ job_id: 'imp_1' } as Models['ImportJob']);
  abort = () => Promise.resolve();
  job = () => Promise.reject(new Error('not asked'));
}

function sent(server: Server, uploadId?: string, signal = new AbortController().signal, reports: Partial<TransferReports> = {}) {
  const wait = () => Promise.resolve();
  return transfer(file, upload, uploadId, { onSession: () => undefined, onSent: () => undefined, ...reports }, {
    gateway: server,
    slots: new Slots(2),
    signal,
    wait,
  });
}

it('knows the bytes of each part', () => {
  const layout = { size_bytes: 25, part_size_bytes: 10, arrived_parts: [1, 3] };
  expect(rangeOf(layout, 3)).toEqual({ start: 20, end: 25 });
  expect(bytesArrived(layout)).toBe(15);
});

it('sends parts to the server under the name that the page uses', () => {
  expect(addressOf('http://127.0.0.1:8000/upload-parts?token=t', 'http://localhost:8000')).toBe('http://localhost:8000/upload-parts?token=t');
  expect(addressOf('https://bucket.s3.amazonaws.com/key?partNumber=1', 'https://site')).toBe('https://bucket.s3.amazonaws.com/key?partNumber=1');
});

describe('transfer', () => {
  it('sends all parts within the places and completes', async () => {
    const server = new Server();
    const progress: number[] = [];
    const job = await sent(server, undefined, undefined, { onSent: (bytes) => progress.push(bytes) });
    expect(job.job_id).toBe('imp_1');
    expect([...server.arrived.entries()].sort()).toEqual([[1, '0123456789'], [2, 'abcdefghij'], [3, 'KLMNO']]);
    expect(server.mostAtOnce).toBe(2);
    expect(Math.max(...progress)).toBe(25);
  });

  it('goes on with a session and sends only what is missing', async () => {
    const server = new Server();
    server.arrived.set(1, 'kept');
    await sent(server, 'upl_1');
    expect(server.begun).toBe(0);
    expect(server.arrived.get(1)).toBe('kept');
    expect(server.arrived.get(3)).toBe('KLMNO');
  });

  it('repeats a part after a failure of the network', async () => {
    const server = new Server();
    server.failures = [ApiProblem.unreachable(null), new ApiProblem('Busy.', 503, 'service_unavailable')];
    await sent(server);
    expect(server.arrived.size).toBe(3);
  });

  it('asks for new links when old ones have expired', async () => {
    const server = new Server();
    server.failures = [new ApiProblem('Expired.', 404, 'resource_media_link_not_found')];
    await sent(server);
    expect(server.arrived.size).toBe(3);
  });

  it('stops at a failure for good', async () => {
    const server = new Server();
    const full = new ApiProblem('The disk is full.', 503, 'storage_full');
    server.failures = [full];
    await expect(sent(server)).rejects.toBe(full);
  });

  it('stops when it is paused', async () => {
    const abort = new AbortController();
    const server = new Server();
    const stopped = sent(server, undefined, abort.signal, { onSession: () => abort.abort() });
    await expect(stopped).rejects.toHaveProperty('name', 'AbortError');
    expect(server.arrived.size).toBe(0);
  });
});
