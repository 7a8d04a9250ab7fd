import { useQuery } from '@tanstack/react-query';

import { promptsQuery } from '@/pages/prompts/queries';
import type { NewExportSearch } from '@/pages/exports/exports-search';
import { useRunList } from '@/pages/runs/list/use-run-list';
import { hasEnded, type Run, runQuery } from '@/pages/runs/queries';

interface OfferedRuns {
  /** The runs to choose from, newest first: those that have ended. */
  runs: Run[];
  isPending: boolean;
  error: Error | null;
  retry: () => void;
  /** Reads older runs. Null: there are none. */
  more: (() => void) | null;
}

/** Return the runs that can be exported: of the index, or the newest of all. A chosen one is always among them. */
export function useOfferedRuns({ run: runId, index }: NewExportSearch): OfferedRuns {
  const list = useRunList(runId === undefined && index !== undefined ? { index } : {});
  const isListed = runId === undefined || list.runs.some((run) => run.run_id === runId);
  const chosen = useQuery({ ...runQuery(runId ?? ''), enabled: !isListed && !list.isPending });
  const runs = isListed || chosen.data === undefined ? list.runs : [chosen.data, ...list.runs];
  return { runs: runs.filter(hasEnded), isPending: list.isPending, error: list.error, retry: list.retry, more: list.more };
}

/** Return the runs whose results an export would have, among those that are known. */
export function exportedRuns({ run, runs }: NewExportSearch, offered: readonly Run[]): Run[] {
  if (run !== undefined) return offered.filter((each) => each.run_id === run);
  return offered.filter((each) => runs === undefined || runs.includes(each.run_id));
}

/** Return whether one of the runs has a selection: its prompt has a filter that selects results. */
export function useHasSelection(runs: readonly Run[]): boolean {
  const prompts = useQuery(promptsQuery).data ?? [];
  const ids = new Set(runs.map((run) => run.prompt_id));
  return prompts.some((prompt) => ids.has(prompt.prompt_id) && prompt.selection_filter !== null);
}
