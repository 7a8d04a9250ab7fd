const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Format a number of bytes with a unit of 1,000, such as `1.5 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let place = 0;
  while (value >= 999.5 && place < units.length - 1) {
    value /= 1000;
    place += 1;
  }
  const digits = place > 0 && value < 9.95 ? 1 : 0;
  return `${value.toLocaleString(undefined, { maximumFractionDigits: digits })} ${units[place] ?? ''}`;
}
