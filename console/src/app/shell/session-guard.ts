import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

import { lastSessionEnd, useSession } from '@/app/session/session';

/** Lead to the sign-in page when the session ends. Return whether there is a session. */
export function useSessionGuard(): boolean {
  const signedIn = useSession() !== null;
  const router = useRouter();
  useEffect(() => {
    if (signedIn) return;
    const search = lastSessionEnd() === 'signed-out' ? {} : { next: router.latestLocation.href };
    void router.navigate({ to: '/sign-in', search, replace: true });
  }, [signedIn, router]);
  return signedIn;
}
