import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '@/app/shell-route';

/** The parent of the pages of connections. It draws their title and their tabs. */
export const connectionsFrameRoute = createRoute({
  getParentRoute: () => shellRoute,
  id: 'connected',
  component: lazyRouteComponent(() => import('./connections-frame'), 'ConnectionsFrame'),
});
