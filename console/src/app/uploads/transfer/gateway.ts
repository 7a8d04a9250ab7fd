import { api, type Models, unwrap } from '@/api/client';
import { ApiProblem } from '@/api/problem';
import { addressOf } from '@/app/uploads/transfer/parts';

/** A file that is announced to the server. */
export interface NewUpload {
  fileName: string;
  contentType: string;
  size: number;
  title: string | null;
  indexId: string | null;
  /** Repeating a request with the same key opens no second session. */
  idempotencyKey: string;
}

/** The requests of an upload. The console sends them to the API; tests answer them. */
export interface UploadGateway {
  begin: (upload: NewUpload, signal: AbortSignal) => Promise<Models['Upload']>;
  get: (uploadId: string, signal: AbortSignal) => Promise<Models['Upload']>;
  send: (part: Models['UploadPart'], bytes: Blob, onProgress: (sent: number) => void, signal: AbortSignal) => Promise<void>;
  complete: (uploadId: string, signal: AbortSignal) => Promise<Models['ImportJob']>;
  abort: (uploadId: string) => Promise<unknown>;
  job: (jobId: string) => Promise<Models['ImportJob']>;
}

export const apiGateway: UploadGateway = {
  begin: ({ fileName, contentType, size, title, indexId, idempotencyKey }, signal) =>
    unwrap(
      api.POST('/api/v2/uploads', {
        params: { header: { 'Idempotency-Key': idempotencyKey } },
        body: { file_name: fileName, content_type: contentType, size_bytes: size, title, index_id: indexId },
        signal,
      }),
    ),
  get: (upload_id, signal) => unwrap(api.GET('/api/v2/uploads/{upload_id}', { params: { path: { upload_id } }, signal })),
  send: sendPart,
  complete: (upload_id, signal) =>
    unwrap(api.POST('/api/v2/uploads/{upload_id}/complete', { params: { path: { upload_id } }, signal })),
  abort: (upload_id) => unwrap(api.DELETE('/api/v2/uploads/{upload_id}', { params: { path: { upload_id } } })),
  job: (job_id) => unwrap(api.GET('/api/v2/import-jobs/{job_id}', { params: { path: { job_id } } })),
};

/**
 * Send the bytes of a part to its link. `XMLHttpRequest` is used because `fetch` does not tell how much is sent.
 *
 * The browser reads the bytes from the disk while it sends them, so a large file takes no memory of the page.
 */
function sendPart(part: Models['UploadPart'], bytes: Blob, onProgress: (sent: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener('abort', stop, { once: true });
    request.onloadend = () => signal.removeEventListener('abort', stop);
    request.open(part.method, addressOf(part.url, window.location.origin));
    for (const [name, value] of Object.entries(part.headers)) {
      if (name.toLowerCase() !== 'content-length') request.setRequestHeader(name, value); // the browser sets it itself
    }
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => (request.status < 300 ? resolve() : reject(problemOf(request)));
    request.onerror = () => reject(ApiProblem.unreachable(null));
    request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'));
    request.send(bytes);
  });
}

function problemOf(request: XMLHttpRequest): ApiProblem {
  const headers = { 'X-Request-ID': request.getResponseHeader('X-Request-ID') ?? '' };
  let body: unknown = null;
  try {
    body = JSON.parse(request.responseText);
  } catch {
    // A store answers in XML. Its status says enough.
  }
  return ApiProblem.of(new Response(null, { status: request.status, headers }), body);
}
