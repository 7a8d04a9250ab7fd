import { present, textOf } from '@/app/search-values';

import type { ImportMode } from './queries';

export const importStatuses = ['pending', 'scanning', 'importing', 'completed', 'failed', 'cancelled'] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** The filters of the list of imports. */
export interface ImportsSearch {
  status?: ImportStatus;
  index?: string;
  /** Only those that an automation has started. */
  automatic?: true;
}

/** What a new import begins with. */
export interface NewImportSearch {
  connector?: string;
  index?: string;
  prefix?: string;
  pattern?: string;
  /** Only the files directly under the prefix. */
  flat?: true;
  mode?: ImportMode;
}

export function importsSearchOf(search: Record<string, unknown>): ImportsSearch {
  const status = importStatuses.find((each) => each === search.status);
  return present({ status, index: textOf(search.index), automatic: flagOf(search.automatic) });
}

export function newImportSearchOf(search: Record<string, unknown>): NewImportSearch {
  return present({
    connector: textOf(search.connector),
    index: textOf(search.index),
    prefix: textOf(search.prefix),
    pattern: textOf(search.pattern),
    flat: flagOf(search.flat),
    mode: (['all', 'new_only'] as const).find((each) => each === search.mode),
  });
}

/** Read a choice that is in an address only if it is made. */
function flagOf(value: unknown): true | undefined {
  return value === true || value === 1 || value === '' ? true : undefined;
}
