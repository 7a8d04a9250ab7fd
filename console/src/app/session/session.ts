import { useSyncExternalStore } from 'react';

import { forgetOthers } from '@/app/session/kept-data';

/** The scopes of a key, from the lowest to the highest. Each includes the lower ones. */
const scopes = ['search', 'read', 'write', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** The key of this tab with what the server says of it. The key itself stays in this tab's storage. */
interface Session {
  key: string;
  /** The tenant and the user of the key. */
  owner: string;
  scopes: Scope[];
  name: string;
  /** The end of the key's life, as an ISO time in UTC. */
  expiresAt: string | null;
}

/** Why the last session ended: the person signed out, the server refused the key, or its life is over. */
type SessionEnd = 'signed-out' | 'refused' | 'expired';

const storageKey = 'videovector.session';
const listeners = new Set<() => void>();
let session: Session | null = stored();
let lastEnd: SessionEnd | null = null;

function stored(): Session | null {
  const text = sessionStorage.getItem(storageKey);
  return text === null ? null : (JSON.parse(text) as Session);
}

function change(next: Session | null): void {
  session = next;
  if (next === null) sessionStorage.removeItem(storageKey);
  else sessionStorage.setItem(storageKey, JSON.stringify(next));
  for (const listener of listeners) listener();
}

export function currentSession(): Session | null {
  return session;
}

/** Return why the last session of this page ended, for the sign-in page. */
export function lastSessionEnd(): SessionEnd | null {
  return lastEnd;
}

export function beginSession(next: Session): void {
  lastEnd = null;
  forgetOthers(next.owner);
  change(next);
}

export function endSession(reason: SessionEnd): void {
  if (session === null) return;
  lastEnd = reason;
  change(null);
  if (reason === 'signed-out') forgetOthers(null);
}

/** End the session because the server refused its key. A late answer to an older key ends nothing. */
export function endRefusedSession(refusedKey: string | null): void {
  if (refusedKey !== null && refusedKey === session?.key) endSession('refused');
}

export function subscribeToSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): Session | null {
  return useSyncExternalStore(subscribeToSession, currentSession);
}

/** Return whether the key of the session includes a scope. What it does not include is not shown. */
export function useMay(scope: Scope): boolean {
  const found = useSession();
  return found !== null && includesScope(found.scopes, scope);
}

export function includesScope(granted: readonly Scope[], scope: Scope): boolean {
  return granted.some((each) => scopes.indexOf(each) >= scopes.indexOf(scope));
}

/** Return the highest of the scopes of a key. */
export function highestScope(granted: readonly Scope[]): Scope {
  return scopes.findLast((scope) => granted.includes(scope)) ?? 'search';
}
