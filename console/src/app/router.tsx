import { createRouter } from '@tanstack/react-router';

import { rootRoute } from '@/app/root-route';
import { hideRefusedSearch } from '@/app/search-validation';
import { PagePending } from '@/app/shell/page-pending';
import { PageProblem } from '@/app/shell/page-problem';
import { shellRoute, unknownRoute } from '@/app/shell-route';
import { connectionsRoutes } from '@/pages/connections/routes';
import { exportsRoutes } from '@/pages/exports/routes';
import { importsRoutes } from '@/pages/imports/routes';
import { libraryRoutes } from '@/pages/library/routes';
import { mediumRoutes } from '@/pages/medium/routes';
import { promptsRoutes } from '@/pages/prompts/routes';
import { runsRoutes } from '@/pages/runs/routes';
import { savedSearchesRoutes } from '@/pages/saved-searches/routes';
import { searchRoutes } from '@/pages/search/routes';
import { signInRoute } from '@/pages/sign-in/routes';
import { systemRoutes } from '@/pages/system/routes';

const tree = rootRoute.addChildren([
  signInRoute,
  shellRoute.addChildren([
    ...libraryRoutes,
    ...mediumRoutes,
    ...searchRoutes,
    ...savedSearchesRoutes,
    ...promptsRoutes,
    ...runsRoutes,
    ...connectionsRoutes,
    ...importsRoutes,
    ...exportsRoutes,
    ...systemRoutes,
    unknownRoute,
  ]),
]);

hideRefusedSearch(tree);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultErrorComponent: PageProblem,
  defaultPendingComponent: PagePending,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
