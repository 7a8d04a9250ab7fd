import type { LucideIcon } from 'lucide-react';
import { Cable, FileOutput, Film, Gauge, ListVideo, ScrollText, Search } from 'lucide-react';

import type { Scope } from '@/app/session/session';
import { words } from '@/words/en';

/** One entry of the left rail. `scope` is the least scope of a key that sees it. */
interface NavigationEntry {
  to: '/' | '/search' | '/prompts' | '/runs' | '/exports' | '/connections' | '/system';
  label: string;
  icon: LucideIcon;
  scope: Scope;
  /** The paths of the pages that belong to the entry, beside its own. */
  covers?: RegExp;
}

/** The pages of the left rail, in order. A new page adds its entry here. */
export const navigation: readonly NavigationEntry[] = [
  { to: '/', label: words.navigation.library, icon: Film, scope: 'read', covers: /^\/(indexes|media)\/|^\/playground$/ },
  { to: '/search', label: words.navigation.search, icon: Search, scope: 'search', covers: /^\/saved-searches$/ },
  { to: '/prompts', label: words.navigation.prompts, icon: ScrollText, scope: 'read' },
  { to: '/runs', label: words.navigation.runs, icon: ListVideo, scope: 'read' },
  { to: '/exports', label: words.navigation.exports, icon: FileOutput, scope: 'read' },
  { to: '/connections', label: words.navigation.connections, icon: Cable, scope: 'read', covers: /^\/(imports|automations)(\/|$)/ },
  { to: '/system', label: words.navigation.system, icon: Gauge, scope: 'read' },
];

/** Pages without an entry of their own in the rail. The palette lists them too. */
export const furtherPages: readonly { to: string; label: string; scope: Scope }[] = [
  { to: '/playground', label: words.navigation.playground, scope: 'read' },
  { to: '/saved-searches', label: words.savedSearches.title, scope: 'read' },
  { to: '/imports', label: words.connections.tabs.imports, scope: 'read' },
  { to: '/imports/new', label: words.imports.newTitle, scope: 'write' },
  { to: '/exports/new', label: words.exports.new, scope: 'write' },
  { to: '/automations', label: words.connections.tabs.automations, scope: 'read' },
];

/** Return whether the page at `path` belongs to the entry. */
export function isCurrent({ to, covers }: NavigationEntry, path: string): boolean {
  return path === to || (to !== '/' && path.startsWith(`${to}/`)) || (covers?.test(path) ?? false);
}

const formsOfNewThings = ['/prompts/new', '/runs/new', '/imports/new', '/exports/new'];

/** Return the least scope of a key that may open an address. */
export function scopeOfPage(path: string): Scope {
  const page = path.replace(/\/+$/, '');
  if (formsOfNewThings.includes(page)) return 'write';
  return page === '/search' ? 'search' : 'read';
}
