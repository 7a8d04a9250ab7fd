import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { present, textOf } from '@/app/search-values';
import { shellRoute } from '@/app/shell-route';

/** What the address of the page says: the saved search whose matches are shown. */
interface SavedSearchesAddress {
  id?: string;
}

const savedSearchesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/saved-searches',
  component: lazyRouteComponent(() => import('./saved-searches-page'), 'SavedSearchesPage'),
  validateSearch: (search: Record<string, unknown>): SavedSearchesAddress => present({ id: textOf(search.id) }),
});

export const savedSearchesRoutes = [savedSearchesRoute] as const;
