import { getRouteApi } from '@tanstack/react-router';

const route = getRouteApi('/shell/media/$videoId');

/** The search part of the page's address. */
export function useMediumSearch() {
  return route.useSearch();
}

export function useMediumParams() {
  return route.useParams();
}
