/** The sidebar of the site. */
import type { StarlightUserConfig } from '@astrojs/starlight/types';
import { resources } from '../reference/pages.ts';
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
  const api = {
    label: 'API reference',
    collapsed: true,
    items: [
      { label: 'All operations', slug: 'reference/api' },
      { label: 'Try the API', link: '/try/' },
      ...resources(docsFolder).map(({ label, slug }) => ({ label, slug })),
    ],
  };
  const place = groups.findIndex((group) => typeof group === 'object' && 'label' in group && group.label === 'Reference');
  return [...groups.slice(0, place), api, ...groups.slice(place), records];
}
