import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '@/app/shell-route';
import { type SheetSearch, sheetSearchOf } from '@/pages/library/library-search';

const libraryRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./library-page'), 'LibraryPage'),
});

const indexRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/indexes/$indexId',
  component: lazyRouteComponent(() => import('./index-page'), 'IndexPage'),
  validateSearch: (search: Record<string, unknown>): SheetSearch => sheetSearchOf(search),
});

const playgroundRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/playground',
  component: lazyRouteComponent(() => import('./playground-page'), 'PlaygroundPage'),
  validateSearch: (search: Record<string, unknown>): SheetSearch => sheetSearchOf(search),
});

export const libraryRoutes = [libraryRoute, indexRoute, playgroundRoute] as const;
