import type { AnyRoute } from '@tanstack/react-router';

type Search = Record<string, unknown>;

/**
 * Hide from each route what its `validateSearch` leaves out.
 *
 * The router lays the validated part of an address over the raw one, so a value that is left out would reach the
 * page as it stands in the address.
 */
export function hideRefusedSearch(route: AnyRoute): void {
  const options = route.options as { validateSearch?: (search: Search) => Search };
  const { validateSearch } = options;
  if (validateSearch !== undefined) options.validateSearch = (search) => onlyValidated(search, validateSearch);
  for (const child of Object.values<AnyRoute>((route.children ?? {}) as Record<string, AnyRoute>)) hideRefusedSearch(child);
}

/** Return the validated part of an address, with every other value of it undefined. */
export function onlyValidated(search: Search, validate: (search: Search) => Search): Search {
  const hidden = Object.fromEntries(Object.keys(search).map((name) => [name, undefined]));
  return { ...hidden, ...validate(search) };
}
