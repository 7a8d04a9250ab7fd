import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { indexesQuery } from '@/api/queries';
import { PathLink } from '@/components/ui/layout/path-link';
import { words } from '@/words/en';

/** The number of indexes that the rail shows. The library shows all. */
const shown = 12;

const look = 'flex h-8 items-center rounded-md px-3 hover:bg-sunken';
const other = { className: 'text-ink-soft' };
const active = { className: 'font-medium text-accent' };

/** The indexes and the playground under the library, on wide screens. */
export function IndexList() {
  const { data: indexes = [] } = useQuery(indexesQuery);
  return (
    <ul aria-label={words.navigation.indexes} className="ml-6 hidden flex-col border-l border-line pl-2 lg:flex">
      {indexes.slice(0, shown).map(({ index_id: id, name }) => (
        <li key={id}>
          <PathLink path={`/indexes/${encodeURIComponent(id)}`} activeOptions={{ includeSearch: false }} className={look} activeProps={active} inactiveProps={other} title={name}>
            <span className="truncate">{name}</span>
          </PathLink>
        </li>
      ))}
      {indexes.length > shown && (
        <li>
          <Link to="/" className={`${look} text-ink-soft`}>
            {words.navigation.moreIndexes(indexes.length - shown)}
          </Link>
        </li>
      )}
      <li>
        <PathLink path="/playground" activeOptions={{ includeSearch: false }} className={look} activeProps={active} inactiveProps={other}>
          {words.navigation.playground}
        </PathLink>
      </li>
    </ul>
  );
}
