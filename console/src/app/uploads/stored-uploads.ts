import { hasEnded, type UploadItem } from '@/app/uploads/upload-item';

const prefix = 'videovector.uploads.';
const tabKey = 'videovector.tab';

/** The storage of a browser, as far as it is used here. */
type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Remembers unfinished uploads of this tab, so that they can go on after the page is loaded again. */
export class StoredUploads {
  constructor(
    private readonly store: Store,
    /** The name of the tab's record. Two tabs never share one. */
    private readonly tab: string,
  ) {}

  read(): UploadItem[] {
    const text = this.store.getItem(prefix + this.tab);
    if (text === null) return [];
    try {
      return (JSON.parse(text) as UploadItem[]).map(afterReload);
    } catch {
      return [];
    }
  }

  write(items: readonly UploadItem[]): void {
    const open = items.filter((item) => !hasEnded(item));
    if (open.length === 0) this.store.removeItem(prefix + this.tab);
    else this.store.setItem(prefix + this.tab, JSON.stringify(open));
  }
}

/** Return an upload as it is after the page was loaded again: the file is no longer at hand. */
function afterReload(item: UploadItem): UploadItem {
  return item.state === 'importing' || item.state === 'lost' ? item : { ...item, state: 'lost' };
}

/** Return the name of this tab. It stays when the page is loaded again, and ends with the tab. */
export function nameOfTab(): string {
  const known = sessionStorage.getItem(tabKey);
  if (known !== null) return known;
  const made = randomId();
  sessionStorage.setItem(tabKey, made);
  return made;
}

/** `crypto.randomUUID` is missing where the console is served without TLS. */
export function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
