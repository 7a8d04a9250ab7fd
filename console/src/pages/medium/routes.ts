import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '@/app/shell-route';
import { type MediumSearch, mediumSearchOf } from '@/pages/medium/medium-search';

const mediumRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/media/$videoId',
  component: lazyRouteComponent(() => import('./medium-page'), 'MediumPage'),
  validateSearch: (search: Record<string, unknown>): MediumSearch => mediumSearchOf(search),
});

export const mediumRoutes = [mediumRoute] as const;
