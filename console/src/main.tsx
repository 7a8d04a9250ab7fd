import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { queryClient } from '@/api/query-client';
import { router } from '@/app/router';
import { subscribeToSession } from '@/app/session/session';
import { watchTickets } from '@/app/session/ticket';
import { applyTheme } from '@/app/theme/theme';
import '@/styles.css';

applyTheme();
// The next session may be another tenant's.
subscribeToSession(() => queryClient.clear());
watchTickets(() => void router.navigate({ to: '/sign-in', replace: true }));
const element = document.getElementById('console');
if (element === null) throw new Error('The page has no element with the id "console".');
createRoot(element).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
