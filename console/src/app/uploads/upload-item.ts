import type { Models } from '@/api/client';
import { ApiProblem } from '@/api/problem';

/** What an upload is doing. `lost`: the page was loaded again, and the file must be chosen again. */
type UploadState = 'waiting' | 'sending' | 'paused' | 'lost' | 'importing' | 'done' | 'failed';

/** Why an upload failed, in words. */
interface UploadFailure {
  message: string;
  code: string;
  requestId: string | null;
  /** Whether the same file can pass at another time. */
  retryable: boolean;
}

/** An upload of the panel, or an import that was begun from here. */
export interface UploadItem {
  id: string;
  /** Absent for an import by address or from a connector: there is no file to send. */
  file?: { name: string; size: number; lastModified: number; contentType: string };
  /** The title of the medium; null: the server takes the name of the file. */
  title: string | null;
  label: string;
  /** The index that the medium goes to, or null for the playground. */
  indexId: string | null;
  state: UploadState;
  /** Bytes that the server has. */
  sent: number;
  uploadId?: string;
  jobId?: string;
  /** The medium, once it is imported. */
  videoId?: string;
  failure?: UploadFailure;
}

/** Whether work of the item goes on or can go on by itself. */
export function isUnderWay({ state }: UploadItem): boolean {
  return state === 'waiting' || state === 'sending' || state === 'importing';
}

export function hasEnded({ state }: UploadItem): boolean {
  return state === 'done' || state === 'failed';
}

/** Whether a chosen file is the one of an upload from before the page was loaded again. */
export function isSameFile(item: UploadItem, file: Pick<File, 'name' | 'size' | 'lastModified'>, title: string | null): boolean {
  const known = item.file;
  return (
    known !== undefined &&
    known.name === file.name &&
    known.size === file.size &&
    known.lastModified === file.lastModified &&
    item.title === title
  );
}

/** Statuses of refusals that do not depend on the file: the key, the session of the upload, the load of the server. */
const passing = [401, 403, 404, 408, 409, 429];

export function failureOf(error: unknown): UploadFailure {
  if (error instanceof ApiProblem) {
    const { message, code, requestId, status } = error;
    return { message, code, requestId, retryable: status < 400 || status >= 500 || passing.includes(status) };
  }
  return { message: error instanceof Error ? error.message : String(error), code: 'unknown', requestId: null, retryable: true };
}

/** Return why an import failed. The server says of each file whether a retry can help. */
export function failureOfJob(job: Models['ImportJob']): UploadFailure {
  const reasons = job.failed_files.map(({ failure }) => failure);
  return {
    message: job.error_message ?? job.status,
    code: job.error_code ?? job.status,
    requestId: null,
    retryable: reasons.length === 0 || reasons.some((reason) => reason?.retryable === true),
  };
}

/** Whether the panel offers to repeat an upload: the file is at hand, and it can pass. */
export function canRetryUpload({ state, file, failure }: UploadItem): boolean {
  return state === 'failed' && file !== undefined && failure?.retryable !== false;
}

/** Return uploads as the panel lists them: failures first, then the newest first. */
export function inPanelOrder(items: readonly UploadItem[]): UploadItem[] {
  const newest = items.toReversed();
  return [...newest.filter(({ state }) => state === 'failed'), ...newest.filter(({ state }) => state !== 'failed')];
}

/** The sums of a list of uploads. `open` are those to send; `share` is the part of all bytes that are sent. */
export function sumOf(items: readonly UploadItem[]): { open: number; importing: number; failed: number; share: number } {
  const files = items.filter(({ file, state }) => file !== undefined && state !== 'failed');
  const size = files.reduce((sum, { file }) => sum + (file?.size ?? 0), 0);
  const sent = files.reduce((sum, item) => sum + (hasEnded(item) || item.state === 'importing' ? (item.file?.size ?? 0) : item.sent), 0);
  return {
    open: items.filter((item) => !hasEnded(item) && item.state !== 'importing').length,
    importing: items.filter(({ state }) => state === 'importing').length,
    failed: items.filter(({ state }) => state === 'failed').length,
    share: size === 0 ? 0 : sent / size,
  };
}
