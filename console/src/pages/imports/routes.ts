import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '@/app/shell-route';
import { connectionsFrameRoute } from '@/pages/connections/frame-route';

import { type ImportsSearch, importsSearchOf, type NewImportSearch, newImportSearchOf } from './imports-search';

export const importsRoute = createRoute({
  getParentRoute: () => connectionsFrameRoute,
  path: '/imports',
  component: lazyRouteComponent(() => import('./list/imports-page'), 'ImportsPage'),
  validateSearch: (search: Record<string, unknown>): ImportsSearch => importsSearchOf(search),
});

const newImportRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/imports/new',
  component: lazyRouteComponent(() => import('./new/new-import-page'), 'NewImportPage'),
  validateSearch: (search: Record<string, unknown>): NewImportSearch => newImportSearchOf(search),
});

const importRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/imports/$jobId',
  component: lazyRouteComponent(() => import('./job/import-page'), 'ImportPage'),
});

/** The pages of imports beside their list, which is a tab of connections. */
export const importsRoutes = [newImportRoute, importRoute] as const;
