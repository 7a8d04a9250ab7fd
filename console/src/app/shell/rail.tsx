import { Link, useRouterState } from '@tanstack/react-router';
import { BookOpen } from 'lucide-react';

import { isCurrent, navigation } from '@/app/navigation';
import { includesScope, useSession } from '@/app/session/session';
import { IndexList } from '@/app/shell/index-list';
import { words } from '@/words/en';

const look =
  'flex min-h-10 flex-col items-center justify-center gap-0.5 rounded-md p-1 text-xs lg:flex-row lg:justify-start lg:gap-3 lg:px-3 lg:text-sm';

/** The pages at the left edge, with the indexes under the library. A phone has the bottom bar instead. */
export function Rail() {
  const session = useSession();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const entries = navigation.filter((entry) => includesScope(session?.scopes ?? [], entry.scope));
  return (
    <nav
      aria-label={words.navigation.label}
      className="hidden w-24 shrink-0 flex-col gap-1 overflow-y-auto border-r border-line bg-raised p-2 md:flex lg:w-56"
    >
      <Link to="/" className="flex h-10 items-center justify-center gap-3 rounded-md px-1 font-semibold lg:justify-start lg:px-3" aria-label={words.shell.home}>
        <img src="/favicon.svg" alt="" className="size-5" />
        <span className="hidden lg:inline">{words.shell.product}</span>
      </Link>
      {entries.map((entry) => {
        const { to, label, icon: Icon } = entry;
        const current = isCurrent(entry, path);
        return (
          <div key={to} className="flex flex-col gap-1">
            <Link
              to={to}
              aria-current={current}
              activeOptions={{ exact: true, includeSearch: false }}
              className={`${look} ${current ? 'bg-accent-soft text-ink' : 'text-ink-soft hover:bg-sunken'}`}
            >
              <Icon size={18} aria-hidden className="shrink-0" />
              {label}
            </Link>
            {to === '/' && <IndexList />}
          </div>
        );
      })}
      <a href="/docs/" className={`${look} text-ink-soft hover:bg-sunken`}>
        <BookOpen size={18} aria-hidden className="shrink-0" />
        {words.navigation.documentationShort}
      </a>
    </nav>
  );
}
