import { useNavigate, useSearch } from '@tanstack/react-router';

import type { ConnectionsSearch } from '@/pages/connections/connections-search';

/** Return what the address says, and a function that opens another address of the page. */
export function useConnectionsAddress(): { search: ConnectionsSearch; open: (next: ConnectionsSearch, replace?: boolean) => void } {
  const search = useSearch({ from: '/shell/connected/connections' });
  const navigate = useNavigate();
  return { search, open: (next, replace = false) => void navigate({ to: '/connections', search: next, replace }) };
}
