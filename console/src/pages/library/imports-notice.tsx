import { useQuery } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';
import { pollWhile } from '@/api/polling';
import { ProgressRing } from '@/components/ui/feedback/progress-ring';
import { words } from '@/words/en';

import type { IndexId } from './media/use-media';

const ended = new Set(['completed', 'failed', 'cancelled']);

/** How many files are being imported into an index, by whomever. It is not drawn while there are none. */
export function ImportsNotice({ indexId }: { indexId: IndexId }) {
  const jobs = useQuery({
    queryKey: ['imports', 'open', indexId ?? 'playground'],
    queryFn: async ({ signal }) => {
      const query = { limit: 100, ...(indexId === null ? {} : { index_id: indexId }) };
      const all = await unwrap(api.GET('/api/v2/import-jobs', { params: { query }, signal }));
      return all.filter((job) => !ended.has(job.status) && job.target_index_id === indexId);
    },
    refetchInterval: ({ state }) => pollWhile((state.data?.length ?? 0) > 0),
  });
  const open = jobs.data ?? [];
  if (open.length === 0) return null;
  const text = words.library.importing(open.length);
  return (
    <p role="status" className="mx-4 mb-3 flex items-center gap-2 rounded-md border border-line bg-raised px-3 py-2">
      <ProgressRing label={text} value={shareOf(open)} />
      {text}
    </p>
  );
}

/** The share of parts that are imported; null before the server knows how many there are. */
function shareOf(jobs: readonly Models['ImportJob'][]): number | null {
  const total = jobs.reduce((sum, { progress }) => sum + progress.parts_total, 0);
  const done = jobs.reduce((sum, { progress }) => sum + progress.parts_completed, 0);
  return total === 0 ? null : done / total;
}
