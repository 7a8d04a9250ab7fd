import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Models } from '@/api/client';
import { ApiProblem } from '@/api/problem';
import type { UploadGateway } from './transfer/gateway';
import { UploadQueue } from './upload-queue';

const job = (status: string, error: string | null = null) =>
  ({ job_id: 'imp_1', status, video_ids: ['vid_1'], error_message: error, failed_files: [], error_code: error && 'media_truncated' }) as unknown as Models['ImportJob'];

/** A server that takes every file as one part, when `open` says so. */
class Server implements UploadGateway {
  begun: string[] = [];
  aborted: string[] = [];
  atOnce = 0;
  mostAtOnce = 0;
  import = job('completed');
  release: (() => void)[] = [];
  refusal: ApiProblem | null = null;

  begin: UploadGateway['begin'] = ({ fileName, size }) => {
    if (this.refusal !== null) return Promise.reject(this.refusal);
    this.begun.push(fileName);
    return this.get(`upl_${fileName}:${size}`);
  };
  get = (uploadId: string) =>
    Promise.resolve({
      upload_id: uploadId,
      status: 'open',
      size_bytes: 1,
      part_size_bytes: 1,
      arrived_parts: this.sent.has(uploadId) ? [1] : [],
      parts: this.sent.has(uploadId) ? [] : [{ part_number: 1, size_bytes: 1, method: 'PUT', url: uploadId, headers: {} }],
    } as unknown as Models['Upload']);
  sent = new Set<string>();
  send: UploadGateway['send'] = async ({ url }, _bytes, _progress, signal) => {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    try {
      await new Promise<void>((resolve, reject) => {
        this.release.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
      this.sent.add(url);
    } finally {
      this.atOnce -= 1;
    }
  };
  complete = () => Promise.resolve(job('pending'));
  abort = (uploadId: string) => Promise.resolve(this.aborted.push(uploadId));
  job = () => Promise.resolve(this.import);
}

const file = (name: string) => ({ file: new File(['x'], name, { lastModified: 7, type: 'video/mp4' }), path: null });

let server: Server;
let imported: number;
const makeQueue = () => new UploadQueue(server, () => (imported += 1));
const settle = () => vi.advanceTimersByTimeAsync(300);
const states = (queue: UploadQueue) => queue.snapshot().map(({ state }) => state);

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  server = new Server();
  imported = 0;
});

describe('UploadQueue', () => {
  it('sends three files at a time and follows their imports', async () => {
    const queue = makeQueue();
    queue.add(['a', 'b', 'c', 'd'].map(file), null);
    await settle();
    expect(states(queue)).toEqual(['sending', 'sending', 'sending', 'waiting']);
    server.release.splice(0).forEach((each) => each());
    await settle();
    server.release.splice(0).forEach((each) => each());
    await vi.advanceTimersByTimeAsync(5000);
    expect(states(queue)).toEqual(['done', 'done', 'done', 'done']);
    expect(server.mostAtOnce).toBe(3);
    expect(imported).toBe(4);
  });

  it('pauses and resumes the same session', async () => {
    const queue = makeQueue();
    queue.add([file('a')], null);
    await settle();
    const id = queue.snapshot()[0]?.id ?? '';
    queue.pause(id);
    await settle();
    expect(states(queue)).toEqual(['paused']);
    queue.resume(id);
    await settle();
    expect(states(queue)).toEqual(['sending']);
    expect(server.begun).toEqual(['a']);
  });

  it('goes on after the page was loaded again, once the file is chosen', async () => {
    makeQueue().add([file('a'), file('b')], 'idx_1');
    await settle();
    const queue = makeQueue();
    expect(states(queue)).toEqual(['lost', 'lost']);
    queue.add([file('b'), file('new')], null);
    await settle();
    expect(states(queue)).toEqual(['lost', 'sending', 'sending']);
    expect(server.begun).toEqual(['a', 'b', 'new']);
  });

  it('tells why a file was refused, and repeats it', async () => {
    const queue = makeQueue();
    server.refusal = new ApiProblem('A file may have at most 5 bytes.', 413, 'payload_too_large', 'req_1');
    queue.add([file('a')], null);
    await settle();
    expect(queue.snapshot()[0]?.failure).toEqual({ message: 'A file may have at most 5 bytes.', code: 'payload_too_large', requestId: 'req_1', retryable: false });
    server.refusal = null;
    queue.resume(queue.snapshot()[0]?.id ?? '');
    await settle();
    expect(states(queue)).toEqual(['sending']);
  });

  it('tells why an import failed', async () => {
    const queue = makeQueue();
    server.import = job('failed', 'The file ends too early.');
    queue.add([file('a')], null);
    await settle();
    server.release.splice(0).forEach((each) => each());
    await vi.advanceTimersByTimeAsync(5000);
    expect(queue.snapshot()[0]?.failure?.message).toBe('The file ends too early.');
  });

  it('stops everything when its person signs out', async () => {
    const queue = makeQueue();
    queue.add(['a', 'b', 'c', 'd'].map(file), null);
    await settle();
    expect(sessionStorage.length).toBe(1);
    queue.forget();
    await settle();
    server.release.splice(0).forEach((each) => each());
    await settle();
    expect(queue.snapshot()).toEqual([]);
    expect(sessionStorage.length).toBe(0);
  });

  it('cancels an upload and deletes its session', async () => {
    const queue = makeQueue();
    queue.add([file('a')], null);
    await settle();
    queue.remove(queue.snapshot()[0]?.id ?? '');
    await settle();
    expect(queue.snapshot()).toEqual([]);
    expect(server.aborted).toEqual(['upl_a:1']);
    expect(sessionStorage.length).toBe(0);
  });
});
