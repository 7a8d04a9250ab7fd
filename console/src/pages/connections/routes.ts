import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '@/app/shell-route';

const connectionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/connections',
  component: lazyRouteComponent(() => import('./connections-page'), 'ConnectionsPage'),
});

export const connectionsRoutes = [connectionsRoute] as const;
