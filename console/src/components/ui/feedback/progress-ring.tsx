const radius = 8;
const around = 2 * Math.PI * radius;

interface ProgressRingProps {
  /** What makes progress, for screen readers. */
  label: string;
  /** 0 to 1, or null while the amount of work is unknown. */
  value: number | null;
  /** The diameter in pixels. */
  size?: number;
}

/** Progress as a ring. */
export function ProgressRing({ label, value, size = 16 }: ProgressRingProps) {
  const part = Math.min(1, Math.max(0, value ?? 0.25));
  const percent = value === null ? {} : { 'aria-valuenow': Math.round(part * 100) };
  return (
    <svg
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...percent}
      viewBox="0 0 20 20"
      width={size}
      height={size}
      fill="none"
      strokeWidth={3}
      className={`shrink-0 ${value === null ? 'animate-spin' : ''}`}
    >
      <circle cx={10} cy={10} r={radius} className="stroke-line" />
      <circle
        cx={10}
        cy={10}
        r={radius}
        className="stroke-accent"
        strokeDasharray={`${part * around} ${around}`}
        strokeLinecap="round"
        transform="rotate(-90 10 10)"
      />
    </svg>
  );
}
