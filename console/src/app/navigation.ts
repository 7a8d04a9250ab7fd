import type { LucideIcon } from 'lucide-react';
import { Cable, Film, Gauge, ListVideo, ScrollText, Search } from 'lucide-react';

import type { Scope } from '@/app/session/session';
import { words } from '@/words/en';

/** One entry of the left rail. `scope` is the least scope of a key that sees it. */
export interface NavigationEntry {
  to: '/' | '/search' | '/prompts' | '/runs' | '/connections' | '/system';
  label: string;
  icon: LucideIcon;
  scope: Scope;
}

/** The pages of the left rail, in order. A new page adds its entry here. */
export const navigation: readonly NavigationEntry[] = [
  { to: '/', label: words.navigation.library, icon: Film, scope: 'read' },
  { to: '/search', label: words.navigation.search, icon: Search, scope: 'search' },
  { to: '/prompts', label: words.navigation.prompts, icon: ScrollText, scope: 'read' },
  { to: '/runs', label: words.navigation.runs, icon: ListVideo, scope: 'read' },
  { to: '/connections', label: words.navigation.connections, icon: Cable, scope: 'read' },
  { to: '/system', label: words.navigation.system, icon: Gauge, scope: 'read' },
];

const formsOfNewThings = ['/prompts/new', '/runs/new'];

/** Return the least scope of a key that may open an address. */
export function scopeOfPage(path: string): Scope {
  const page = path.replace(/\/+$/, '');
  if (formsOfNewThings.includes(page)) return 'write';
  return page === '/search' ? 'search' : 'read';
}
