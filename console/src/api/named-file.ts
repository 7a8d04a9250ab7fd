import { unwrap } from '@/api/client';

/** A file of the API with the name that the server gives it. */
export interface NamedFile {
  blob: Blob;
  name: string;
}

interface FileAnswer {
  data?: Blob;
  error?: unknown;
  response: Response;
}

/** Return the file of an answer that was asked for with `parseAs: 'blob'`. Throws `ApiProblem`. */
export async function namedFile(pending: Promise<FileAnswer>): Promise<NamedFile> {
  const blob = await unwrap(pending);
  const { response } = await pending;
  return { blob, name: fileNameOf(response.headers.get('Content-Disposition')) ?? 'download' };
}

/** Read the name in a header `Content-Disposition` as the server writes it; null if there is none. */
export function fileNameOf(disposition: string | null): string | null {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')?.[1];
  if (encoded === undefined) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}
