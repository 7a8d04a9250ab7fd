import { present, textOf } from '@/app/search-values';
import { type Condition, conditionsOf } from '@/pages/search/conditions/conditions';

/** What the address of a medium's page says beside the medium: links from hits and colleagues use it. */
export interface MediumSearch {
  /** The second to start at. */
  t?: number;
  /** The run whose results are shown, and another one to compare it with. */
  run?: string;
  compare?: string;
  /** The segment to select. */
  segment?: string;
  /** The search that led here: its words and conditions. The timeline shows its hits. */
  q?: string;
  filter?: Condition[];
}

/** Read the search part of an address. What it cannot use is left out. */
export function mediumSearchOf(search: Record<string, unknown>): MediumSearch {
  const second = Number(search.t);
  const filter = conditionsOf(search.filter);
  return {
    ...(search.t !== undefined && Number.isFinite(second) && second >= 0 ? { t: second } : {}),
    ...present({ run: textOf(search.run), compare: textOf(search.compare), segment: textOf(search.segment) }),
    ...present({ q: textOf(search.q), filter: filter.length > 0 ? filter : undefined }),
  };
}
