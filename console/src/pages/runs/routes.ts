import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '@/app/shell-route';

const runsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/runs',
  component: lazyRouteComponent(() => import('./runs-page'), 'RunsPage'),
});

export const runsRoutes = [runsRoute] as const;
