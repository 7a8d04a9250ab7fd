import { api, type Models, unwrap } from '@/api/client';
import { beginSession } from '@/app/session/session';

/** Begin a session with a key. Throws `ApiProblem` if the server refuses it. */
export async function signInByKey(key: string): Promise<void> {
  begin(key, await unwrap(api.GET('/api/v2/console/session', { headers: { 'X-API-Key': key } })));
}

/** Exchange the ticket of a sign-in link for a key. Throws `ApiProblem` if the ticket is used or expired. */
export async function signInByTicket(ticket: string): Promise<void> {
  const answer = await unwrap(api.POST('/api/v2/console/sign-in', { body: { ticket } }));
  begin(answer.api_key, answer);
}

function begin(key: string, found: Models['ConsoleSession']): void {
  const { tenant_id: tenant, user_id: user, key_name: name, scopes, expires_at: expiresAt } = found;
  beginSession({ key, owner: JSON.stringify([tenant, user]), scopes, name: name ?? user, expiresAt });
}
