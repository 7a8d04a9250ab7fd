/** The sidebar of the site. */
import type { StarlightUserConfig } from '@astrojs/starlight/types';
import { allGroups, decisions } from '../sync/documents.ts';
import { decisionsSlug } from './pages.ts';
import { docsFolder } from './places.ts';

type Sidebar = NonNullable<StarlightUserConfig['sidebar']>;

export function sidebar(): Sidebar {
  const groups: Sidebar = allGroups(docsFolder).map(({ label, pages, collapsed }) => ({
    label,
    collapsed: collapsed ?? false,
    items: pages.map((page) => ({ label: page.label, slug: page.slug })),
  }));
  const records = {
    label: 'Decisions',
    collapsed: true,
    items: [
      { label: 'All decisions', slug: decisionsSlug },
      ...decisions(docsFolder).map(({ label, slug }) => ({ label, slug })),
    ],
  };
  return [...groups, records];
}
