import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '@/app/shell-route';

import { type ExportsSearch, exportsSearchOf, type NewExportSearch, newExportSearchOf } from './exports-search';

const exportsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/exports',
  component: lazyRouteComponent(() => import('./list/exports-page'), 'ExportsPage'),
  validateSearch: (search: Record<string, unknown>): ExportsSearch => exportsSearchOf(search),
});

const newExportRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/exports/new',
  component: lazyRouteComponent(() => import('./new/new-export-page'), 'NewExportPage'),
  validateSearch: (search: Record<string, unknown>): NewExportSearch => newExportSearchOf(search),
});

const exportRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/exports/$exportId',
  component: lazyRouteComponent(() => import('./job/export-page'), 'ExportPage'),
});

export const exportsRoutes = [exportsRoute, newExportRoute, exportRoute] as const;
