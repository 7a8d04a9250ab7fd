import { openFile } from '@/api/client';

type SavePicker = (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;

/** Return what asks the reader for a file to write into, in browsers that have it. */
function savePicker(): SavePicker | undefined {
  return (window as { showSaveFilePicker?: SavePicker }).showSaveFilePicker?.bind(window);
}

export function canStream(): boolean {
  return savePicker() !== undefined;
}

interface Saving {
  path: string;
  name: string;
  signal: AbortSignal;
  /** Called with the number of bytes that have arrived. */
  onBytes: (bytes: number) => void;
}

/** Check that the server sends a file. The browser shows no reason if it does not. Throws: ApiProblem. */
export async function requireFile(path: string, signal: AbortSignal): Promise<void> {
  try {
    await openFile(path, signal, 'HEAD');
  } catch {
    // The answer to HEAD has no sentence.
    await (await openFile(path, signal)).body?.cancel();
  }
}

/** Let the browser download from a link that needs no key. */
export function openLink(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}

/** Collect a file, then hand it to the browser. Throws: ApiProblem. */
export async function saveCollected(saving: Saving): Promise<void> {
  const body = await counted(saving);
  const url = URL.createObjectURL(await new Response(body).blob());
  openLink(url, saving.name);
  // The browser has taken the file over by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Write a file as it arrives into one that the reader chooses. Throws: ApiProblem; AbortError if the reader chooses none. */
export async function saveStreamed(saving: Saving): Promise<void> {
  const handle = await savePicker()?.({ suggestedName: saving.name });
  if (handle === undefined) return;
  const target = await handle.createWritable();
  try {
    await (await counted(saving)).pipeTo(target, { signal: saving.signal });
  } catch (error) {
    await target.abort().catch(() => undefined);
    throw error;
  }
}

/** Open a file of the server as a stream that tells how much has arrived. */
async function counted({ path, signal, onBytes }: Saving): Promise<ReadableStream<Uint8Array>> {
  const { body } = await openFile(path, signal);
  let bytes = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      bytes += chunk.byteLength;
      onBytes(bytes);
      controller.enqueue(chunk);
    },
  });
  return (body ?? new Blob().stream()).pipeThrough(counter);
}
