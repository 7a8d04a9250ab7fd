import { among, mediaStatuses, mediaTypes, type SheetSearch } from '@/pages/library/library-search';
import type { Medium } from '@/pages/library/media/medium';

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Return the media that a sheet shows, in its order. The list comes newest first. */
export function arrange(media: readonly Medium[], search: SheetSearch): readonly Medium[] {
  const types = among(mediaTypes, search.type);
  const statuses = among(mediaStatuses, search.status);
  const name = search.name?.toLocaleLowerCase();
  const wanted = media.filter(
    ({ type, status, title }) =>
      (types.length === 0 || types.includes(type)) &&
      (statuses.length === 0 || statuses.includes(status)) &&
      (name === undefined || title.toLocaleLowerCase().includes(name)),
  );
  switch (search.sort) {
    case undefined:
      return wanted;
    case 'name':
      return wanted.sort((one, other) => names.compare(one.title, other.title));
    case 'length':
      return wanted.sort((one, other) => (other.duration ?? -1) - (one.duration ?? -1));
  }
}

/** Return whether the order or the filters of a sheet need the whole list to be right. */
export function needsWhole(search: SheetSearch): boolean {
  return search.sort !== undefined || search.type !== undefined || search.status !== undefined || search.name !== undefined;
}
