import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '@/app/shell-route';

const promptsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/prompts',
  component: lazyRouteComponent(() => import('./prompts-page'), 'PromptsPage'),
});

export const promptsRoutes = [promptsRoute] as const;
