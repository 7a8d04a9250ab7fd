import type { ReactNode } from 'react';

import { useDocumentTitle } from '@/app/document-title';

interface PageHeaderProps {
  title: string;
  /** A short line under the title: a count, a date, an id. */
  detail?: ReactNode;
  /** The buttons of the page. */
  actions?: ReactNode;
  /** The way back, such as a link to the list. */
  above?: ReactNode;
}

/** The head of a page: its title, the only heading of level 1, and its buttons. The window gets the title too. */
export function PageHeader({ title, detail, actions, above }: PageHeaderProps) {
  useDocumentTitle(title);
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2 px-4 pt-4 pb-2">
      <div className="flex min-w-0 flex-1 basis-40 flex-col gap-1">
        {above !== undefined && <div className="text-xs text-ink-soft">{above}</div>}
        <h1 className="line-clamp-2 text-lg font-semibold wrap-anywhere" title={title}>
          {title}
        </h1>
        {detail !== undefined && <div className="text-xs text-ink-soft">{detail}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
