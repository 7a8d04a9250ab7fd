import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { rootRoute } from '@/app/root-route';
import { NotFound } from '@/app/shell/not-found';
import { currentSession, includesScope } from '@/app/session/session';
import { hasTicket } from '@/app/session/ticket';

/** The parent of every page that needs a key. It draws the frame around them. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: lazyRouteComponent(() => import('@/app/shell/shell'), 'Shell'),
  beforeLoad: ({ location }) => {
    const session = currentSession();
    if (session === null || hasTicket()) throw redirect({ to: '/sign-in', search: { next: location.href } });
    if (location.pathname === '/' && !includesScope(session.scopes, 'read')) throw redirect({ to: '/search' });
  },
});

/** Every address that no page has. The frame stays around the sentence that says so. */
export const unknownRoute = createRoute({ getParentRoute: () => shellRoute, path: '$', component: NotFound });
