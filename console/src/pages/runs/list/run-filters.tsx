import { useQuery } from '@tanstack/react-query';

import { indexesQuery } from '@/api/queries';
import { Select } from '@/components/ui/forms/select';
import type { Run } from '@/pages/runs/queries';
import type { RunsSearch } from '@/pages/runs/run-search';
import { words } from '@/words/en';

const any = '';

interface RunFiltersProps {
  search: RunsSearch;
  /** The runs whose prompts are offered. */
  runs: readonly Run[];
  onSearch: (search: RunsSearch) => void;
}

/** The filters of the list of runs. */
export function RunFilters({ search, runs, onSearch }: RunFiltersProps) {
  const indexes = useQuery(indexesQuery);
  const prompts = new Map(runs.map((run) => [run.prompt_id, run.prompt_name]));
  const statuses = Object.entries(words.runs.statuses).map(([value, label]) => ({ value: value as Run['status'], label }));
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-2">
      <Select<Run['status'] | typeof any>
        label={words.runs.status}
        hideLabel
        value={search.status ?? any}
        onChange={(status) => onSearch({ ...search, status: status === any ? undefined : status })}
        options={[{ value: any, label: words.runs.allStatuses }, ...statuses]}
      />
      <Select
        label={words.runs.indexFilter}
        hideLabel
        value={search.index ?? any}
        onChange={(index) => onSearch({ ...search, index: index === any ? undefined : index })}
        options={[
          { value: any, label: words.runs.allIndexes },
          ...(indexes.data ?? []).map((index) => ({ value: index.index_id, label: index.name })),
        ]}
        className="max-w-60"
      />
      {(prompts.size > 1 || search.prompt !== undefined) && (
        <Select
          label={words.runs.promptFilter}
          hideLabel
          value={search.prompt ?? any}
          onChange={(prompt) => onSearch({ ...search, prompt: prompt === any ? undefined : prompt })}
          options={[{ value: any, label: words.runs.allPrompts }, ...[...prompts].map(([value, label]) => ({ value, label }))]}
          className="max-w-60"
        />
      )}
    </div>
  );
}
