/** A file that somebody chose or dropped. */
export interface PickedFile {
  file: File;
  /** The path within the chosen folder, such as `Trip/day 1/boat.mp4`; null for a single file. */
  path: string | null;
}

/** What was chosen. `leftOut` counts files of a folder that are no media. */
export interface Picked {
  files: PickedFile[];
  leftOut: number;
}

/** Endings of media whose type browsers do not know. */
const mediaEndings = new Set('mkv mts m2ts ts avi wmv flv vob mxf 3gp ogv opus aiff amr caf wma heic heif tif tiff bmp'.split(' '));

/** Return the type to announce a file with. The server looks at the content, so an unknown type is no obstacle. */
export function contentTypeOf(file: Pick<File, 'type'>): string {
  return /^(video|audio|image)\/[\w.+-]+$/.test(file.type) || file.type === 'application/mp4' ? file.type : 'application/octet-stream';
}

/** Whether a file of a folder may be a medium. Folders often hold notes, subtitles and files of the system. */
export function mayBeMedium({ name, type }: Pick<File, 'name' | 'type'>): boolean {
  if (name.startsWith('.')) return false;
  return /^(video|audio|image)\//.test(type) || mediaEndings.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase());
}

/** Return the title of a file of a folder: its path, from the left shortened to the 255 characters of a title. */
export function titleOf({ path }: PickedFile): string | null {
  return path === null ? null : path.slice(-255);
}

/** Keep all single files, and those of folders that may be media. */
export function withoutOthers(files: readonly PickedFile[]): Picked {
  const kept = files.filter(({ file, path }) => path === null || mayBeMedium(file));
  return { files: kept, leftOut: files.length - kept.length };
}

/** Read what a picker returned. */
export function fromInput(files: FileList): Picked {
  return withoutOthers([...files].map((file) => ({ file, path: file.webkitRelativePath === '' ? null : file.webkitRelativePath })));
}

/** Read what was dropped, folders with all that is in them. Call it at once in the event: its data ends with it. */
export async function fromDrop(transfer: DataTransfer): Promise<Picked> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const dropped = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found: PickedFile[] = [];
  for (const { entry, file } of dropped) {
    if (entry !== null) await readEntry(entry, found);
    else if (file !== null) found.push({ file, path: null });
  }
  return withoutOthers(found);
}

async function readEntry(entry: FileSystemEntry, found: PickedFile[]): Promise<void> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    const path = entry.fullPath.replace(/^\//, '');
    found.push({ file, path: path.includes('/') ? path : null });
  } else if (isDirectory(entry)) {
    const reader = entry.createReader();
    let batch: FileSystemEntry[];
    do {
      batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      for (const child of batch) await readEntry(child, found);
    } while (batch.length > 0); // the browser gives a hundred at a time
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
