interface ProgressBarProps {
  /** What makes progress, for screen readers. */
  label: string;
  /** 0 to 1, or null while the amount of work is unknown. */
  value: number | null;
  /** Whether the work has failed, or part of it. */
  failed?: boolean;
}

/** Progress as a bar over the width that it gets. */
export function ProgressBar({ label, value, failed = false }: ProgressBarProps) {
  const part = Math.min(1, Math.max(0, value ?? 0));
  const percent = value === null ? {} : { 'aria-valuenow': Math.round(part * 100) };
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...percent}
      className="h-1.5 w-full overflow-hidden rounded-full bg-line"
    >
      <div
        className={`h-full rounded-full ${failed ? 'bg-warning' : 'bg-accent'} ${value === null ? 'w-1/4 animate-pulse' : ''}`}
        style={value === null ? undefined : { width: `${part * 100}%` }}
      />
    </div>
  );
}
