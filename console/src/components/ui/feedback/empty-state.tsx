import type { ReactNode } from 'react';

interface EmptyStateProps {
  title: string;
  text?: string;
  /** The level of the title: 1 where the page has no other heading. */
  level?: 1 | 2;
  /** What the reader can do about it: buttons or links. */
  children?: ReactNode;
}

/** What a page or a list shows when it has nothing. It says what would be here and how it comes here. */
export function EmptyState({ title, text, level = 2, children }: EmptyStateProps) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-16 text-center">
      <Heading className="text-lg font-semibold">{title}</Heading>
      {text !== undefined && <p className="text-ink-soft">{text}</p>}
      {children}
    </div>
  );
}
