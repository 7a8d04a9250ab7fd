import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { api, type Models, unwrap } from '@/api/client';
import { idempotencyKey } from '@/api/idempotency-key';
import { type Destination, indexOf } from '@/app/uploads/add/destination';
import { importQuery } from '@/pages/imports/queries';

interface Start {
  body: Omit<Models['CreateImportJobRequest'], 'index_id'>;
  destination: Destination;
  /** Called with the index that the files go to, which may have been created. */
  onIndex: (indexId: string) => void;
}

/** Start an import and open it. Two clicks on the same choices are one import: they send the same key. */
export function useStart() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [intents] = useState(() => new Map<string, string>());
  return useMutation({
    mutationFn: async ({ body, destination, onIndex }: Start) => {
      const indexId = (await indexOf(destination)) ?? '';
      onIndex(indexId);
      const request = { ...body, index_id: indexId };
      const content = JSON.stringify(request);
      const key = intents.get(content) ?? idempotencyKey();
      intents.set(content, key);
      return unwrap(api.POST('/api/v2/import-jobs', { params: { header: { 'Idempotency-Key': key } }, body: request }));
    },
    onSuccess: (job) => {
      client.setQueryData(importQuery(job.job_id).queryKey, job);
      void client.invalidateQueries({ queryKey: ['imports', 'list'] });
      void navigate({ to: '/imports/$jobId', params: { jobId: job.job_id } });
    },
  });
}
