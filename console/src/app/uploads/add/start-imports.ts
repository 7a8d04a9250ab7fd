import { api, type Models, unwrap } from '@/api/client';
import { queryClient } from '@/api/query-client';
import { uploadQueue } from '@/app/uploads/uploads';

/** A file to import from an address, or from a store with its connector. */
interface Source {
  uri: string;
  title: string;
  connectorId?: string;
}

export interface Refusal {
  source: Source;
  error: unknown;
}

/** Start one import for each source. The panel follows those that the server accepts. Return the others. */
export async function startImports(sources: readonly Source[], indexId: string | null): Promise<Refusal[]> {
  const refused: Refusal[] = [];
  const begun: { job: Models['ImportJob']; label: string; indexId: string | null }[] = [];
  for (const source of sources) {
    const body = {
      title: source.title,
      video_uri: source.uri,
      index_id: indexId,
      ...(source.connectorId === undefined ? {} : { source_connector_id: source.connectorId }),
    };
    try {
      begun.push({ job: await unwrap(api.POST('/api/v2/videos', { body })), label: source.title, indexId });
    } catch (error) {
      refused.push({ source, error });
    }
  }
  uploadQueue.follow(begun);
  void queryClient.invalidateQueries({ queryKey: ['imports'] });
  return refused;
}
