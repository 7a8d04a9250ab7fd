/**
 * What this tab keeps for the person who is signed in, such as drafts and unfinished uploads.
 *
 * It survives a reload, and a session that ends by itself. It is forgotten at the sign-out, and when another person
 * signs in.
 */
const prefix = 'videovector.kept.';
const ownerKey = 'videovector.owner';
const listeners = new Set<() => void>();

export function keep(name: string, value: unknown): void {
  sessionStorage.setItem(prefix + name, JSON.stringify(value));
}

/** Return what was kept under a name, or null. */
export function kept(name: string): unknown {
  const text = sessionStorage.getItem(prefix + name);
  return text === null ? null : JSON.parse(text);
}

export function dropKept(name: string): void {
  sessionStorage.removeItem(prefix + name);
}

/** Forget everything that was kept for another person than `owner`; null forgets everything. */
export function forgetOthers(owner: string | null): void {
  if (owner !== null && owner === sessionStorage.getItem(ownerKey)) return;
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(prefix)) sessionStorage.removeItem(name);
  if (owner === null) sessionStorage.removeItem(ownerKey);
  else sessionStorage.setItem(ownerKey, owner);
  for (const listener of listeners) listener();
}

/** Call `forget` when what the tab keeps is forgotten. Modules that hold some of it in memory drop it then. */
export function onForgotten(forget: () => void): void {
  listeners.add(forget);
}
