import { words } from '@/words/en';

/** A grey place of something that loads. `className` gives its size. */
export function Skeleton({ className = 'h-4 w-full' }: { className?: string }) {
  return <div aria-hidden className={`animate-pulse rounded-md bg-sunken ${className}`} />;
}

interface SkeletonRowsProps {
  rows?: number;
  /** The size of one row. */
  className?: string;
}

/** The grey rows of a list that loads, with one word for screen readers. */
export function SkeletonRows({ rows = 5, className = 'h-10 w-full' }: SkeletonRowsProps) {
  return (
    <div role="status" className="flex flex-col gap-2 p-4">
      <span className="sr-only">{words.shell.loading}</span>
      {Array.from({ length: rows }, (_, place) => (
        <Skeleton key={place} className={className} />
      ))}
    </div>
  );
}
