import { api } from '@/api/client';
import { currentSession, endSession } from '@/app/session/session';

/**
 * End the session of this tab at once, and let the server revoke its key if a sign-in link made it.
 *
 * The request goes on when the page is closed. If it fails, the key ends with its life.
 */
export function signOut(): void {
  const session = currentSession();
  if (session === null) return;
  endSession('signed-out');
  api.DELETE('/api/v2/console/session', { headers: { 'X-API-Key': session.key }, keepalive: true }).catch(() => undefined);
}
