import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { rootRoute } from '@/app/root-route';

/** `next` is the address to open after the sign-in. It always lies within the console. */
export interface SignInSearch {
  next?: string;
}

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./sign-in-page'), 'SignInPage'),
  validateSearch: (search: Record<string, unknown>): SignInSearch =>
    typeof search.next === 'string' && /^\/(?![/\\])/.test(search.next) ? { next: search.next } : {},
});
