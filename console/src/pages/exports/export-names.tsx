import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { indexesQuery } from '@/api/queries';
import { ApiProblem } from '@/api/problem';
import { useConnectors } from '@/pages/connections/connectors/queries';
import { latestRunsQuery } from '@/pages/prompts/queries';
import { runQuery } from '@/pages/runs/queries';
import { words } from '@/words/en';

import type { Export } from './queries';

type Target = Pick<Export, 'export_type' | 'target_id'>;

/** What an export is of. `exists` is false once the index or the run is deleted. */
interface TargetName {
  name: string;
  exists: boolean;
}

/** Return the name of the index, or of the prompt of the run, that an export is of. */
export function useTargetName({ export_type: kind, target_id: id }: Target): TargetName {
  const indexes = useQuery({ ...indexesQuery, enabled: kind === 'index' });
  const run = useRunName(kind === 'prompt_run' ? id : null);
  if (kind === 'prompt_run') return { name: run.exists ? words.exports.ofRun(run.name) : words.exports.deletedRun, exists: run.exists };
  const index = indexes.data?.find(({ index_id: each }) => each === id);
  return { name: index?.name ?? (indexes.isSuccess ? words.exports.deletedIndex : ''), exists: index !== undefined };
}

/** Return the name of a run: that of its prompt. A run that is not among the newest is read by itself. */
function useRunName(runId: string | null): TargetName {
  const latest = useQuery({ ...latestRunsQuery, enabled: runId !== null });
  const listed = latest.data?.find((each) => each.run_id === runId);
  const single = useQuery({
    ...runQuery(runId ?? ''),
    enabled: runId !== null && listed === undefined && latest.isSuccess,
    retry: false,
  });
  const isDeleted = single.error instanceof ApiProblem && single.error.status === 404;
  return { name: (listed ?? single.data)?.prompt_name ?? words.exports.run, exists: !isDeleted };
}

/** The link to the index or the run that an export is of; its name alone once it is deleted. */
export function TargetLink({ target }: { target: Target }) {
  const { name, exists } = useTargetName(target);
  if (!exists) return <>{name}</>;
  if (target.export_type === 'prompt_run') return <RunLink runId={target.target_id} />;
  return (
    <Link to="/indexes/$indexId" params={{ indexId: target.target_id }} className="underline">
      {name}
    </Link>
  );
}

/** The link to a run, with the name of its prompt. */
export function RunLink({ runId }: { runId: string }) {
  const { name, exists } = useRunName(runId);
  if (!exists) return <>{words.exports.deletedRun}</>;
  return (
    <Link to="/runs/$runId" params={{ runId }} className="underline">
      {name}
    </Link>
  );
}

/** Say where an export goes: a download, or the connector with its folder. */
export function useDestinationName({ destination_connector_id: id, destination_subpath: path }: Export): string {
  const connectors = useConnectors();
  if (id === null) return words.exports.toDownload;
  const connector = connectors.data?.find((each) => each.connector_id === id)?.name;
  return words.exports.toConnector(connector ?? (connectors.isSuccess ? words.imports.deletedConnector : ''), path ?? '');
}
