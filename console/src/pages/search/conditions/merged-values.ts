import type { Models } from '@/api/client';

/** Merge the values of several answers, the most frequent first. Texts that differ in case only are one value. */
export function mergedValues(values: readonly Models['SearchValue'][]): string[] {
  const found = new Map<string, { text: string; results: number }>();
  for (const { value, results } of values) {
    const text = String(value);
    const known = found.get(text.toLowerCase());
    if (known === undefined) found.set(text.toLowerCase(), { text, results });
    else known.results += results;
  }
  return [...found.values()].sort((one, other) => other.results - one.results).map(({ text }) => text);
}
