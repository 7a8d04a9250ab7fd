import type { ReactNode } from 'react';

const tones = {
  neutral: 'bg-sunken text-ink',
  accent: 'bg-accent-soft text-ink',
  warning: 'bg-warning-soft text-ink',
};

interface BadgeProps {
  tone?: keyof typeof tones;
  children: ReactNode;
}

/** A word or a number about a thing: its type, its scope, a count. */
export function Badge({ tone = 'neutral', children }: BadgeProps) {
  return (
    <span className={`inline-flex h-5 max-w-full items-center rounded-full px-2 text-xs ${tones[tone]}`}>
      <span className="truncate">{children}</span>
    </span>
  );
}
