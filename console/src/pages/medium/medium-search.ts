/** What the address of a medium's page says beside the medium: links from hits and colleagues use it. */
export interface MediumSearch {
  /** The second to start at. */
  t?: number;
  /** The run whose results are shown, and another one to compare it with. */
  run?: string;
  compare?: string;
  /** The segment to select. */
  segment?: string;
}

/** Read the search part of an address. What it cannot use is left out. */
export function mediumSearchOf(search: Record<string, unknown>): MediumSearch {
  const second = Number(search.t);
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  return {
    ...(search.t !== undefined && Number.isFinite(second) && second >= 0 ? { t: second } : {}),
    ...present({ run: text(search.run), compare: text(search.compare), segment: text(search.segment) }),
  };
}

function present(fields: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
