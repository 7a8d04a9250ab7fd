import { ApiProblem } from '@/api/problem';

/** What an upload is doing. `lost`: the page was loaded again, and the file must be chosen again. */
type UploadState = 'waiting' | 'sending' | 'paused' | 'lost' | 'importing' | 'done' | 'failed';

/** Why an upload failed, in words. */
interface UploadFailure {
  message: string;
  code: string;
  requestId: string | null;
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

export function failureOf(error: unknown): UploadFailure {
  if (error instanceof ApiProblem) return { message: error.message, code: error.code, requestId: error.requestId };
  return { message: error instanceof Error ? error.message : String(error), code: 'unknown', requestId: null };
}

/** The sums of a list of uploads. `share` is the part of all bytes that are sent. */
export function sumOf(items: readonly UploadItem[]): { open: number; failed: number; share: number } {
  const files = items.filter(({ file, state }) => file !== undefined && state !== 'failed');
  const size = files.reduce((sum, { file }) => sum + (file?.size ?? 0), 0);
  const sent = files.reduce((sum, item) => sum + (hasEnded(item) || item.state === 'importing' ? (item.file?.size ?? 0) : item.sent), 0);
  return {
    open: items.filter((item) => !hasEnded(item)).length,
    failed: items.filter(({ state }) => state === 'failed').length,
    share: size === 0 ? 0 : sent / size,
  };
}
