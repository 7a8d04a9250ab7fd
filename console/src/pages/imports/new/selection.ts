import type { NewImportSearch } from '@/pages/imports/imports-search';

/** Which files of a store are meant. */
export interface Selection {
  connectorId: string;
  prefix: string;
  pattern: string;
  recursive: boolean;
}

/** The pattern that every file matches. */
export const anyFile = '*';

export function selectionOf({ connector = '', prefix = '', pattern = anyFile, flat }: NewImportSearch): Selection {
  return { connectorId: connector, prefix, pattern, recursive: flat !== true };
}

/** Return the part of an address that holds a selection. What is as at the start is left out. */
export function searchOf({ connectorId, prefix, pattern, recursive }: Selection): NewImportSearch {
  return {
    ...(connectorId === '' ? {} : { connector: connectorId }),
    ...(prefix === '' ? {} : { prefix }),
    ...(pattern === anyFile || pattern === '' ? {} : { pattern }),
    ...(recursive ? {} : { flat: true as const }),
  };
}

/** Return the selection as requests hold it. An empty pattern is every file. */
export function requestOf({ connectorId, prefix, pattern, recursive }: Selection) {
  return { connector_id: connectorId, source_prefix: prefix, file_pattern: pattern === '' ? anyFile : pattern, recursive };
}
