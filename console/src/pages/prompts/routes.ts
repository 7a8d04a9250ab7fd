import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '@/app/shell-route';

import { type NewPromptSearch, newPromptSearchOf, type PromptSearch, type PromptsSearch, promptSearchOf, promptsSearchOf } from './prompt-search';

const promptsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/prompts',
  component: lazyRouteComponent(() => import('./list/prompts-page'), 'PromptsPage'),
  validateSearch: (search: Record<string, unknown>): PromptsSearch => promptsSearchOf(search),
});

const newPromptRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/prompts/new',
  component: lazyRouteComponent(() => import('./new-prompt-page'), 'NewPromptPage'),
  validateSearch: (search: Record<string, unknown>): NewPromptSearch => newPromptSearchOf(search),
});

const promptRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/prompts/$promptId',
  component: lazyRouteComponent(() => import('./prompt-page'), 'PromptPage'),
  validateSearch: (search: Record<string, unknown>): PromptSearch => promptSearchOf(search),
});

export const promptsRoutes = [promptsRoute, newPromptRoute, promptRoute] as const;
