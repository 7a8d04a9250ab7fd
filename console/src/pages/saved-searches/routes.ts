import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

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

/** The address of one saved search, of the form that its route in the API has. It leads to the page. */
const savedSearchRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/saved-searches/$savedSearchId',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/saved-searches', search: { id: params.savedSearchId }, replace: true });
  },
});

export const savedSearchesRoutes = [savedSearchesRoute, savedSearchRoute] as const;
