import { words } from '@/words/en';

const text = words.connections.required;

/** Return what a webhook lacks, by field. The server checks the rest. */
export function missingFields(values: { name: string; url: string; events: readonly string[] }): Readonly<Record<string, string>> {
  return {
    ...(values.name.trim() === '' ? { name: text.name } : {}),
    ...(URL.canParse(values.url.trim()) ? {} : { url: text.url }),
    ...(values.events.length === 0 ? { events: text.events } : {}),
  };
}
