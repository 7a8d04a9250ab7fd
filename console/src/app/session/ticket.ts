const fragment = /^#ticket=([\w-]+)$/;

let ticket: string | null = taken();

/** Take a sign-in ticket out of the address, before anything can copy or store the address. */
function taken(): string | null {
  const found = fragment.exec(window.location.hash);
  if (found === null) return null;
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  return found[1] ?? null;
}

/** Return whether the page was opened by a sign-in link that is not used yet. */
export function hasTicket(): boolean {
  return ticket !== null;
}

/** Return the ticket of the sign-in link, once. */
export function takeTicket(): string | null {
  const found = ticket;
  ticket = null;
  return found;
}

/** Call `open` when a sign-in link is pasted into the address of the open console. */
export function watchTickets(open: () => void): void {
  window.addEventListener('hashchange', () => {
    const found = taken();
    if (found === null) return;
    ticket = found;
    open();
  });
}
