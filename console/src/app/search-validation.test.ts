import { createRootRoute, createRoute } from '@tanstack/react-router';
import { expect, test } from 'vitest';

import { hideRefusedSearch, onlyValidated } from './search-validation';

const numbers = (search: Record<string, unknown>) => (typeof search.t === 'number' ? { t: search.t } : {});

test('a refused value is undefined', () => {
  expect(onlyValidated({ t: 'x', next: 'https://example.com' }, numbers)).toEqual({ t: undefined, next: undefined });
});

test('an accepted value stays', () => {
  expect(onlyValidated({ t: 3 }, numbers)).toEqual({ t: 3 });
});

test('routes at every depth hide refused values', () => {
  const root = createRootRoute();
  const shell = createRoute({ getParentRoute: () => root, id: 'shell' });
  const page = createRoute({ getParentRoute: () => shell, path: '/page', validateSearch: numbers });
  hideRefusedSearch(root.addChildren([shell.addChildren([page])]));
  const validate = page.options.validateSearch as (search: Record<string, unknown>) => unknown;
  expect(validate({ t: 'x' })).toEqual({ t: undefined });
});
