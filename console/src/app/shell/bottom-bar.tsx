import { Link, useRouter, useRouterState } from '@tanstack/react-router';
import { BookOpen, Ellipsis } from 'lucide-react';

import { isCurrent, navigation } from '@/app/navigation';
import { includesScope, useSession } from '@/app/session/session';
import { Menu } from '@/components/ui/overlays/menu';
import { words } from '@/words/en';

/** The number of pages with a place of their own. The rest is in a menu. */
const places = 4;

function lookOf(current: boolean): string {
  return `flex min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-xs ${current ? 'bg-accent-soft text-ink' : 'text-ink-soft'}`;
}

/** The pages at the bottom edge of a phone. */
export function BottomBar() {
  const session = useSession();
  const router = useRouter();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const entries = navigation.filter((entry) => includesScope(session?.scopes ?? [], entry.scope));
  const rest = entries.slice(places);
  return (
    <nav aria-label={words.navigation.label} className="flex h-14 shrink-0 border-t border-line bg-raised pb-[env(safe-area-inset-bottom)] md:hidden">
      {entries.slice(0, places).map((entry) => {
        const { to, label, icon: Icon } = entry;
        const current = isCurrent(entry, path);
        return (
          <Link key={to} to={to} aria-current={current} activeOptions={{ exact: true, includeSearch: false }} className={lookOf(current)}>
            <Icon size={20} aria-hidden />
            {label}
          </Link>
        );
      })}
      {rest.length > 0 && (
        <Menu
          trigger={
            <button type="button" className={lookOf(rest.some((entry) => isCurrent(entry, path)))}>
              <Ellipsis size={20} aria-hidden />
              {words.navigation.more}
            </button>
          }
          entries={[
            ...rest.map(({ to, label, icon }) => ({ label, icon, onSelect: () => void router.navigate({ to }) })),
            { kind: 'link', label: words.navigation.documentationShort, icon: BookOpen, href: '/docs/' },
          ]}
        />
      )}
    </nav>
  );
}
