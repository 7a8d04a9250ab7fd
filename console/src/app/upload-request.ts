import { useEffect } from 'react';

/** The ways to add media. */
export type UploadWay = 'files' | 'address' | 'connector';

/** What an upload starts with. The reader can change both. */
export interface UploadRequest {
  /** Where the media go: an index, or null for the playground. Absent: the open index. */
  indexId?: string | null;
  /** How the media come. Absent: as files. */
  way?: UploadWay;
}

type Listener = (request: UploadRequest) => void;

let listener: Listener | null = null;
let waiting: UploadRequest | null = null;

/** Ask for an upload. It opens at once, or as soon as the page that can upload is there. */
export function requestUpload(request: UploadRequest = {}): void {
  if (listener === null) waiting = request;
  else listener(request);
}

/** Answer the requests for uploads while the component is there. The last component that asks gets them. */
export function useUploadRequests(answer: Listener): void {
  useEffect(() => {
    listener = answer;
    if (waiting !== null) {
      const request = waiting;
      waiting = null;
      answer(request);
    }
    return () => {
      if (listener === answer) listener = null;
    };
  }, [answer]);
}

/** Return whether something answers requests for uploads now. If not, the shell opens the library. */
export function canUploadHere(): boolean {
  return listener !== null;
}
