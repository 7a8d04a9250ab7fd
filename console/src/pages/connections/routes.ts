import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '@/app/shell-route';
import { type ConnectionsSearch, connectionsSearchOf } from '@/pages/connections/connections-search';

const connectionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/connections',
  component: lazyRouteComponent(() => import('./connections-page'), 'ConnectionsPage'),
  validateSearch: (search: Record<string, unknown>): ConnectionsSearch => connectionsSearchOf(search),
});

export const connectionsRoutes = [connectionsRoute] as const;
