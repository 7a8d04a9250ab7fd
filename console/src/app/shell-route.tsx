import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { rootRoute } from '@/app/root-route';
import { currentSession } from '@/app/session/session';

/** The parent of every page that needs a key. It draws the frame around them. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: lazyRouteComponent(() => import('@/app/shell/shell'), 'Shell'),
  beforeLoad: ({ location }) => {
    if (currentSession() === null) throw redirect({ to: '/sign-in', search: { next: location.href } });
  },
});
