import { Link, Outlet } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

import { navigation } from '@/app/navigation';
import { includesScope, useSession } from '@/app/session/session';
import { words } from '@/words/en';

const UploadsHost = lazy(() => import('@/app/uploads/uploads-host').then((module) => ({ default: module.UploadsHost })));

/** The frame around every page: the rail with the pages, the search box, and the page itself. */
export function Shell() {
  const session = useSession();
  const entries = navigation.filter((entry) => includesScope(session?.scopes ?? [], entry.scope));
  return (
    <div className="flex h-full">
      <nav aria-label={words.navigation.label} className="flex w-24 shrink-0 flex-col gap-1 border-r border-line p-2">
        {entries.map(({ to, label, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/' }}
            className="flex flex-col items-center gap-1 rounded-md p-2 text-xs text-ink-soft hover:bg-raised"
            activeProps={{ className: 'bg-accent-soft text-ink' }}
          >
            <Icon size={20} aria-hidden />
            {label}
          </Link>
        ))}
      </nav>
      <main id="page" className="min-w-0 flex-1 overflow-auto">
        <Outlet />
      </main>
      <Suspense>
        <UploadsHost />
      </Suspense>
    </div>
  );
}
