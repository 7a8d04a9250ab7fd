import { present, textOf } from '@/app/search-values';
import { type MarkerFilter, markerFilterOf } from '@/components/markers/marker-colors';

/** The orders of a contact sheet. The API lists the newest medium first. */
export const orders = ['newest', 'name', 'length'] as const;
type Order = (typeof orders)[number];

export const mediaTypes = ['video', 'audio', 'image'] as const;
export type MediaType = (typeof mediaTypes)[number];

export const mediaStatuses = ['not_processed', 'processing', 'processed', 'failed'] as const;
export type MediaStatus = (typeof mediaStatuses)[number];

/** The steps of the density slider: the least width of a tile in pixels, from many tiles to few. */
export const tileWidths = [112, 152, 208, 280, 400] as const;
export const usualDensity = 2;

/** What the address of a contact sheet says: order, filters, density. Usual values are left out. */
export interface SheetSearch {
  sort?: Exclude<Order, 'newest'>;
  /** The types and statuses to show, separated by commas. Without them, all. */
  type?: string;
  status?: string;
  /** Only media with a marker, or with one of a color. */
  marker?: MarkerFilter;
  /** Words of the title. */
  name?: string;
  density?: number;
}

/** Read the search part of an address. What it cannot use is left out. */
export function sheetSearchOf(search: Record<string, unknown>): SheetSearch {
  const sort = orders.find((order) => order === search.sort);
  const density = Number(search.density);
  const isDensity = search.density !== undefined && density !== usualDensity && Number.isInteger(density) && density in tileWidths;
  return present({
    sort: sort === 'newest' ? undefined : sort,
    type: join(among(mediaTypes, search.type)),
    status: join(among(mediaStatuses, search.status)),
    marker: markerFilterOf(search.marker),
    name: textOf(search.name),
    density: isDensity ? density : undefined,
  });
}

/** Return the values of a list in an address that are known, in the order of `known`. */
export function among<Value extends string>(known: readonly Value[], list: unknown): Value[] {
  const parts = typeof list === 'string' ? list.split(',') : [];
  return known.filter((value) => parts.includes(value));
}

/** Write values as a list in an address; undefined if there are none. */
function join(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(',');
}

/** Return the list with a value added, or removed if it has it. */
export function toggled<Value extends string>(known: readonly Value[], list: string | undefined, value: Value): string | undefined {
  const values = among(known, list);
  return join(known.filter((each) => values.includes(each) !== (each === value)));
}
