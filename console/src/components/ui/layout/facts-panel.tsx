import type { ReactNode } from 'react';

export interface Fact {
  name: string;
  value: ReactNode;
}

interface FactsPanelProps {
  title: string;
  /** The level of the title's heading. */
  level?: 2 | 3;
  facts: readonly Fact[];
  /** What follows the facts. */
  children?: ReactNode;
}

/** A panel beside a page's content, with the names and values of what the page is about. */
export function FactsPanel({ title, level = 2, facts, children }: FactsPanelProps) {
  const Heading = `h${level}` as const;
  return (
    <section aria-label={title} className="flex flex-col gap-3 self-start rounded-md border border-line bg-raised p-4">
      <Heading className="text-base font-semibold">{title}</Heading>
      <dl className="flex flex-col gap-2">
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt className="text-xs text-ink-soft">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
      {children}
    </section>
  );
}
