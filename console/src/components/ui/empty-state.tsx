import type { ReactNode } from 'react';

interface EmptyStateProps {
  title: string;
  text?: string;
  /** What the reader can do about it: buttons or links. */
  children?: ReactNode;
}

/** What a page or a list shows when it has nothing. It says what would be here and how it comes here. */
export function EmptyState({ title, text, children }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-16 text-center">
      <h2 className="text-lg font-semibold">{title}</h2>
      {text !== undefined && <p className="text-ink-soft">{text}</p>}
      {children}
    </div>
  );
}
