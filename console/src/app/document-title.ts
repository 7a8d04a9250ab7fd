import { useEffect } from 'react';

import { words } from '@/words/en';

/** Set the title of the window: what the page shows, then the product. */
export function useDocumentTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title === undefined || title === '' ? words.shell.product : `${title} · ${words.shell.product}`;
  }, [title]);
}
