import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '@/app/shell-route';
import { type SearchAddress, searchAddressOf } from '@/pages/search/search-address';

const searchRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/search',
  component: lazyRouteComponent(() => import('./search-page'), 'SearchPage'),
  validateSearch: (search: Record<string, unknown>): SearchAddress => searchAddressOf(search),
});

export const searchRoutes = [searchRoute] as const;
