import type { Models } from '@/api/client';
import { idempotencyKey } from '@/api/idempotency-key';
import { ApiProblem } from '@/api/problem';
import { randomId } from '@/api/random-id';
import { contentTypeOf, type PickedFile, titleOf } from '@/app/uploads/picked-files';
import { storedUploads, storeUploads } from '@/app/uploads/stored-uploads';
import type { UploadGateway } from '@/app/uploads/transfer/gateway';
import { Slots } from '@/app/uploads/transfer/slots';
import { transfer } from '@/app/uploads/transfer/transfer';
import { failureOf, failureOfJob, isSameFile, type UploadItem } from '@/app/uploads/upload-item';

const filesAtOnce = 3;
/** A browser opens six connections to a host. The page needs some of them while files are sent. */
const partsAtOnce = 3;
const importsAsked = 4;
const tellEvery = 200;
const askEvery = 2000;

/** The uploads of this tab. They go on while the reader moves between pages. */
export class UploadQueue {
  private items: readonly UploadItem[];
  private readonly files = new Map<string, File>();
  private readonly running = new Map<string, AbortController>();
  private readonly slots = new Slots(partsAtOnce);
  private readonly listeners = new Set<() => void>();
  private toldAt = -Infinity;
  private telling: ReturnType<typeof setTimeout> | null = null;
  private asking: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly gateway: UploadGateway,
    /** Called when an import has ended, so that lists show it. */
    private readonly onImported: () => void,
  ) {
    this.items = storedUploads();
    this.askForImports();
  }

  snapshot = (): readonly UploadItem[] => this.items;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Add files. A file of an upload from before the page was loaded again goes on instead. */
  add(files: readonly PickedFile[], indexId: string | null): void {
    const added: UploadItem[] = [];
    for (const picked of files) {
      const title = titleOf(picked);
      const lost = this.items.find((item) => item.state === 'lost' && isSameFile(item, picked.file, title));
      if (lost !== undefined) this.revive(lost.id, picked.file);
      else added.push(this.newItem(picked, title, indexId));
    }
    this.change([...this.items, ...added]);
    this.startNext();
  }

  /** Follow imports that were begun by a request, such as those by address. */
  follow(imports: readonly { job: Models['ImportJob']; label: string; indexId: string | null }[]): void {
    const added = imports.map(({ job, label, indexId }): UploadItem => {
      return { id: randomId(), title: null, label, indexId, state: 'importing', sent: 0, jobId: job.job_id };
    });
    this.change([...this.items, ...added]);
    this.askForImports();
  }

  pause(id: string): void {
    this.update(id, { state: 'paused' });
    this.running.get(id)?.abort(new DOMException('The upload is paused.', 'AbortError'));
  }

  /** Go on with a paused upload, or repeat a failed one. */
  resume(id: string): void {
    const item = this.items.find((each) => each.id === id);
    if (item?.file === undefined) return;
    const isGone = item.failure?.code === 'upload_aborted' || item.failure?.code === 'resource_upload_not_found' || item.jobId !== undefined;
    const restart = isGone ? { uploadId: undefined, jobId: undefined, sent: 0 } : {};
    this.update(id, { state: this.files.has(id) ? 'waiting' : 'lost', failure: undefined, ...restart });
    this.startNext();
  }

  /** Stop an upload and delete what has arrived. Imports that have begun go on. */
  remove(id: string): void {
    const item = this.items.find((each) => each.id === id);
    this.change(this.items.filter((each) => each.id !== id));
    this.files.delete(id);
    this.running.get(id)?.abort(new DOMException('The upload is cancelled.', 'AbortError'));
    if (item?.uploadId !== undefined && item.jobId === undefined) this.gateway.abort(item.uploadId).catch(() => undefined);
    this.startNext();
  }

  /** Stop everything and leave nothing in this tab. The server deletes what has arrived when its session expires. */
  forget(): void {
    this.change([]);
    this.files.clear();
    for (const controller of this.running.values()) controller.abort(new DOMException('The session has ended.', 'AbortError'));
  }

  removeDone(): void {
    this.change(this.items.filter(({ state }) => state !== 'done'));
  }

  removeFailed(): void {
    for (const { id } of this.items.filter(({ state }) => state === 'failed')) this.remove(id);
  }

  /** Whether leaving the page would interrupt an upload. */
  isSending(): boolean {
    return this.items.some(({ state }) => state === 'sending' || state === 'waiting');
  }

  private newItem({ file }: PickedFile, title: string | null, indexId: string | null): UploadItem {
    const id = randomId();
    this.files.set(id, file);
    const known = { name: file.name, size: file.size, lastModified: file.lastModified, contentType: contentTypeOf(file) };
    return { id, file: known, title, label: title ?? file.name, indexId, state: 'waiting', sent: 0 };
  }

  private revive(id: string, file: File): void {
    this.files.set(id, file);
    this.update(id, { state: 'waiting' });
  }

  private startNext(): void {
    for (const item of this.items) {
      if (this.running.size >= filesAtOnce) return;
      const file = this.files.get(item.id);
      if (item.state === 'waiting' && file !== undefined && !this.running.has(item.id)) void this.send(item, file);
    }
  }

  private async send(item: UploadItem, file: File): Promise<void> {
    const abort = new AbortController();
    this.running.set(item.id, abort);
    this.update(item.id, { state: 'sending' });
    const reports = {
      onSession: (uploadId: string) => this.update(item.id, { uploadId }),
      onSent: (sent: number) => this.update(item.id, { sent }),
    };
    const upload = {
      fileName: file.name,
      contentType: contentTypeOf(file),
      size: file.size,
      title: item.title,
      indexId: item.indexId,
      idempotencyKey: idempotencyKey(),
    };
    try {
      const parts = { gateway: this.gateway, slots: this.slots, signal: abort.signal };
      const job = await transfer(file, upload, item.uploadId, reports, parts);
      this.files.delete(item.id);
      this.update(item.id, { state: 'importing', jobId: job.job_id, sent: file.size });
      this.askForImports();
    } catch (error) {
      if (!abort.signal.aborted) this.update(item.id, { state: 'failed', failure: failureOf(error) });
    } finally {
      this.running.delete(item.id);
      this.startNext();
    }
  }

  /** Ask for the oldest imports under way. The server works on imports in their order. */
  private askForImports(): void {
    if (this.asking !== null || !this.items.some(({ state }) => state === 'importing')) return;
    this.asking = setTimeout(() => {
      const asked = this.items.filter(({ state }) => state === 'importing').slice(0, importsAsked);
      void Promise.allSettled(asked.map((item) => this.askForImport(item))).then(() => {
        this.asking = null;
        this.askForImports();
      });
    }, askEvery);
  }

  private async askForImport({ id, jobId }: UploadItem): Promise<void> {
    if (jobId === undefined) return;
    const job = await this.gateway.job(jobId).catch((error: unknown) => {
      const isGone = error instanceof ApiProblem && error.status === 404;
      if (isGone) this.update(id, { state: 'failed', failure: failureOf(error) });
      throw error;
    });
    if (!['completed', 'failed', 'cancelled'].includes(job.status)) return;
    const [videoId] = job.video_ids;
    if (job.status === 'completed' && job.error_message === null) this.update(id, { state: 'done', videoId });
    else this.update(id, { state: 'failed', failure: failureOfJob(job), videoId });
    this.onImported();
  }

  private update(id: string, fields: Partial<UploadItem>): void {
    this.change(this.items.map((item) => (item.id === id ? { ...item, ...fields } : item)));
  }

  /** Take over a new list. The page and the storage hear of it a few times a second at most. */
  private change(items: readonly UploadItem[]): void {
    this.items = items;
    this.telling ??= setTimeout(
      () => {
        this.telling = null;
        this.toldAt = performance.now();
        storeUploads(this.items);
        for (const listener of this.listeners) listener();
      },
      Math.max(0, this.toldAt + tellEvery - performance.now()),
    );
  }
}
