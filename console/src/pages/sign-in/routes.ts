import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { rootRoute } from '@/app/root-route';
import { nextAddressOf } from '@/app/session/next-address';
import { currentSession } from '@/app/session/session';
import { signInByTicket } from '@/app/session/sign-in';
import { hasTicket, takeTicket } from '@/app/session/ticket';
import { SigningIn } from '@/pages/sign-in/signing-in';

/** `next` is the address to open after the sign-in. It always lies within the console. */
interface SignInSearch {
  next?: string;
}

/** Why the ticket of the link was not exchanged; null if there was none. */
interface SignInAttempt {
  problem: unknown;
}

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./sign-in-page'), 'SignInPage'),
  pendingComponent: SigningIn,
  validateSearch: (search: Record<string, unknown>): SignInSearch => {
    const next = nextAddressOf(search.next);
    return next === undefined ? {} : { next };
  },
  beforeLoad: ({ search }) => {
    if (currentSession() !== null && !hasTicket()) throw redirect({ href: search.next ?? '/' });
  },
  loaderDeps: ({ search: { next } }) => ({ next }),
  loader: async ({ deps: { next } }): Promise<SignInAttempt> => {
    const ticket = takeTicket();
    if (ticket === null) return { problem: null };
    try {
      await signInByTicket(ticket);
    } catch (problem) {
      return { problem };
    }
    throw redirect({ href: next ?? '/' });
  },
});
