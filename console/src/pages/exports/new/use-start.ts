import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { api, unwrap } from '@/api/client';
import { idempotencyKey } from '@/api/idempotency-key';
import { loadActivities } from '@/app/activity/activity-store';

import type { NewExport } from './export-form';

/** Start an export and open it. Two clicks on the same choices are one export: they send the same key. */
export function useStart() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [intents] = useState(() => new Map<string, string>());
  return useMutation({
    mutationFn: ({ target, body }: NewExport) => {
      const content = JSON.stringify({ target, body });
      const key = intents.get(content) ?? idempotencyKey();
      intents.set(content, key);
      const header = { 'Idempotency-Key': key };
      if (target.kind === 'index') {
        return unwrap(api.POST('/api/v2/exports/index/{index_id}', { params: { path: { index_id: target.id }, header }, body }));
      }
      return unwrap(api.POST('/api/v2/exports/prompt-run/{run_id}', { params: { path: { run_id: target.id }, header }, body }));
    },
    onSuccess: ({ export_id: exportId }) => {
      // No event tells of the start of an export.
      void loadActivities();
      void client.invalidateQueries({ queryKey: ['exports', 'list'] });
      void navigate({ to: '/exports/$exportId', params: { exportId } });
    },
  });
}
