import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '@/app/shell-route';

const searchRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/search',
  component: lazyRouteComponent(() => import('./search-page'), 'SearchPage'),
});

export const searchRoutes = [searchRoute] as const;
