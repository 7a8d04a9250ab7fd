import type { NamedFile } from '@/api/named-file';

/** Download from a link that needs no key. A name that the server gives comes before `name`. */
export function saveFromLink(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}

/** Hand a file that is already here to the browser. */
export function saveFile({ blob, name }: NamedFile): void {
  const url = URL.createObjectURL(blob);
  saveFromLink(url, name);
  // The browser has taken the file over by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
