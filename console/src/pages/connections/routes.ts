import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { automationsRoute } from '@/pages/automations/routes';
import { type ConnectionsSearch, connectionsSearchOf } from '@/pages/connections/connections-search';
import { connectionsFrameRoute } from '@/pages/connections/frame-route';
import { importsRoute } from '@/pages/imports/routes';

const connectionsRoute = createRoute({
  getParentRoute: () => connectionsFrameRoute,
  path: '/connections',
  component: lazyRouteComponent(() => import('./connections-page'), 'ConnectionsPage'),
  validateSearch: (search: Record<string, unknown>): ConnectionsSearch => connectionsSearchOf(search),
});

export const connectionsRoutes = [connectionsFrameRoute.addChildren([connectionsRoute, importsRoute, automationsRoute])] as const;
