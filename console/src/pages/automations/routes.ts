import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { connectionsFrameRoute } from '@/pages/connections/frame-route';

import { type AutomationsSearch, automationsSearchOf } from './automations-search';

export const automationsRoute = createRoute({
  getParentRoute: () => connectionsFrameRoute,
  path: '/automations',
  component: lazyRouteComponent(() => import('./automations-page'), 'AutomationsPage'),
  validateSearch: (search: Record<string, unknown>): AutomationsSearch => automationsSearchOf(search),
});
