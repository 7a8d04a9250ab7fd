import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '@/app/shell-route';

import { type NewRunSearch, newRunSearchOf, type RunsSearch, runsSearchOf } from './run-search';

const runsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/runs',
  component: lazyRouteComponent(() => import('./list/runs-page'), 'RunsPage'),
  validateSearch: (search: Record<string, unknown>): RunsSearch => runsSearchOf(search),
});

const newRunRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/runs/new',
  component: lazyRouteComponent(() => import('./start/new-run-page'), 'NewRunPage'),
  validateSearch: (search: Record<string, unknown>): NewRunSearch => newRunSearchOf(search),
});

const runRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/runs/$runId',
  component: lazyRouteComponent(() => import('./run-page'), 'RunPage'),
});

export const runsRoutes = [runsRoute, newRunRoute, runRoute] as const;
