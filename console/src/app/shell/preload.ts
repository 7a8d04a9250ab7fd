import type { AnyRoute, AnyRouter } from '@tanstack/react-router';

/** Load the code of all pages when the browser is idle, so that a change of page waits for nothing. */
export function preloadPages(router: AnyRouter): () => void {
  const load = () => {
    for (const route of Object.values<AnyRoute>(router.routesById)) void router.loadRouteChunk(route);
  };
  if ('requestIdleCallback' in window) {
    const handle = requestIdleCallback(load, { timeout: 5000 });
    return () => cancelIdleCallback(handle);
  }
  const timer = setTimeout(load, 1000);
  return () => clearTimeout(timer);
}
