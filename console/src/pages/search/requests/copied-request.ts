import type { ApiRequest } from '@/components/ui/copying/request-snippet';
import type { SearchAddress } from '@/pages/search/search-address';

import type { SearchPlan } from './search-plan';

/** Return the first request of a search, as the page copies it; null for searches by picture, whose body is a file. */
export function copiedRequest({ q = '', picture, run, filter = [], marker }: SearchAddress, plan: SearchPlan | null): ApiRequest | null {
  const target = plan?.targets[0];
  if (plan === null || target === undefined || picture !== undefined) return null;
  const indexId = target.kind === 'indexes' ? target.indexIds[0] : undefined;
  const several = target.kind === 'indexes' && target.indexIds.length > 1 ? { index_ids: target.indexIds } : {};
  const runs = run === undefined ? {} : { run_ids: [run] };
  switch (plan.kind) {
    case 'ranked':
      return indexId === undefined
        ? { method: 'POST', path: '/api/v2/playground/search', query: { run_id: run }, body: { query: q } }
        : { method: 'POST', path: `/api/v2/indexes/${indexId}/search`, body: { query: q, ...several, ...runs } };
    case 'filtered':
      return {
        method: 'POST',
        path: `/api/v2/search/filter/${indexId ?? 'playground'}`,
        body: { conditions: filter, ...(marker === undefined ? {} : { marker_color: marker }), ...several, ...runs },
      };
    case 'ranked-and-filtered': {
      const place = indexId === undefined ? {} : { index_id: indexId };
      const ofRun = run === undefined ? {} : { prompt_run_ids: [run] };
      return { method: 'POST', path: '/api/v2/workflow/search', body: { query: q, filters: filter, ...place, ...ofRun } };
    }
  }
}
