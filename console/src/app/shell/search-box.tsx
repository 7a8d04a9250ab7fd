import { useRouter, useRouterState } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useState } from 'react';

import { words } from '@/words/en';

/** The id of the search box, for the shortcut that focuses it. */
export const searchBoxId = 'search-everything';

/** The search over everything. The search page has its own box instead. */
export function SearchBox() {
  const onSearchPage = useRouterState({ select: ({ location }) => location.pathname === '/search' });
  const router = useRouter();
  const [text, setText] = useState('');
  if (onSearchPage) return null;
  return (
    <search className="min-w-0 flex-1">
      <form
        className="relative w-full max-w-xl"
        onSubmit={(event) => {
          event.preventDefault();
          const query = text.trim();
          void router.navigate({ to: '/search', search: query === '' ? {} : { q: query } });
          setText('');
        }}
      >
        <Search size={16} aria-hidden className="absolute top-2.5 left-3 text-ink-soft" />
        <input
          id={searchBoxId}
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          aria-label={words.shell.search}
          placeholder={words.shell.searchPlaceholder}
          className="h-9 w-full rounded-md border border-line-strong bg-surface pr-8 pl-9 text-sm placeholder:text-ink-soft"
        />
        <kbd aria-hidden className="absolute top-2 right-2 hidden h-5 min-w-5 items-center justify-center rounded-[4px] border border-line px-1 font-sans text-xs text-ink-soft sm:flex">
          /
        </kbd>
      </form>
    </search>
  );
}
