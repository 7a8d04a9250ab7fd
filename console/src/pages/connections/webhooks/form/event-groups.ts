/** Events of one subject, such as those of prompt runs. */
interface EventGroup {
  /** The part of the names before the first dot. */
  subject: string;
  events: readonly string[];
}

/** Group the names of events by their subject, in the order of the first event of each. */
export function groupsOf(events: readonly string[]): EventGroup[] {
  const groups = new Map<string, string[]>();
  for (const event of events) {
    const subject = event.split('.')[0] ?? event;
    groups.set(subject, [...(groups.get(subject) ?? []), event]);
  }
  return [...groups].map(([subject, names]) => ({ subject, events: names }));
}

/** Return the chosen events with some of them added or removed, in the order of the catalogue. */
export function withEvents(
  catalogue: readonly string[],
  chosen: readonly string[],
  changed: readonly string[],
  isChosen: boolean,
): string[] {
  return catalogue.filter((event) => (changed.includes(event) ? isChosen : chosen.includes(event)));
}

/** Write the name of an event or a subject in words: `prompt_run` is `Prompt run`. */
export function inWords(name: string): string {
  const text = name.replaceAll(/[._]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
