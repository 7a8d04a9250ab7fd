import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, type Models, unwrap } from '@/api/client';
import { idempotencyKey } from '@/api/idempotency-key';

export type ImportAutomation = Models['ImportAutomation'];
export type ExportAutomation = Models['ExportAutomation'];
export type AutomationResult = Models['AutomationResult'];

/** An automation of an index, with its kind. */
export type Automation = ({ kind: 'import' } & ImportAutomation) | ({ kind: 'export' } & ExportAutomation);

const list = ['automations'] as const;

/** How often the list is read again, in milliseconds: a check that finds nothing new raises no event. */
const readAgain = 10_000;

/** All automations. Those of one index follow each other. */
export function useAutomations() {
  return useQuery({
    queryKey: list,
    queryFn: async ({ signal }) => {
      const found = await unwrap(api.GET('/api/v2/automations', { signal }));
      const imports = found.import_automations.map((each): Automation => ({ kind: 'import', ...each }));
      const exports = found.export_automations.map((each): Automation => ({ kind: 'export', ...each }));
      return [...imports, ...exports].sort((one, other) => one.index_id.localeCompare(other.index_id));
    },
    refetchInterval: readAgain,
  });
}

export function useImportAutomationSaving() {
  return useChange(({ indexId, body }: { indexId: string; body: Models['ImportAutomationRequest'] }) =>
    unwrap(api.PUT('/api/v2/indexes/{index_id}/automations/import', { params: keyed(indexId), body })),
  );
}

export function useExportAutomationSaving() {
  return useChange(({ indexId, body }: { indexId: string; body: Models['ExportAutomationRequest'] }) =>
    unwrap(api.PUT('/api/v2/indexes/{index_id}/automations/export', { params: keyed(indexId), body })),
  );
}

/** Pause or resume an automation. */
export function useAutomationPause({ index_id: indexId, kind }: Automation) {
  return useChange((isPaused: boolean): Promise<unknown> => {
    const params = keyed(indexId);
    if (kind === 'import') {
      if (isPaused) return unwrap(api.POST('/api/v2/indexes/{index_id}/automations/import/pause', { params }));
      return unwrap(api.POST('/api/v2/indexes/{index_id}/automations/import/resume', { params }));
    }
    if (isPaused) return unwrap(api.POST('/api/v2/indexes/{index_id}/automations/export/pause', { params }));
    return unwrap(api.POST('/api/v2/indexes/{index_id}/automations/export/resume', { params }));
  });
}

export function useAutomationDeletion({ index_id: indexId, kind }: Automation) {
  return useChange((): Promise<unknown> => {
    const params = keyed(indexId);
    if (kind === 'import') return unwrap(api.DELETE('/api/v2/indexes/{index_id}/automations/import', { params }));
    return unwrap(api.DELETE('/api/v2/indexes/{index_id}/automations/export', { params }));
  });
}

/** The parameters of a change. Each intent has a key of its own. */
function keyed(indexId: string) {
  return { path: { index_id: indexId }, header: { 'Idempotency-Key': idempotencyKey() } };
}

function useChange<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: list }) });
}
