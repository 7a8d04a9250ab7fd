import { present, textOf } from '@/app/search-values';

/** The kinds of automations. An index has at most one of each. */
export type AutomationKind = 'import' | 'export';

/** What the address of the page says: the automation that is shown, by its index and kind. */
export interface AutomationsSearch {
  index?: string;
  kind?: AutomationKind;
}

/** Read the search part of an address. Half of a name names no automation. */
export function automationsSearchOf(search: Record<string, unknown>): AutomationsSearch {
  const index = textOf(search.index);
  const kind = (['import', 'export'] as const).find((each) => each === search.kind);
  return index === undefined || kind === undefined ? {} : present({ index, kind });
}
