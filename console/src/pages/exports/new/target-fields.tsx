import { useQuery } from '@tanstack/react-query';

import { indexesQuery } from '@/api/queries';
import { formatDateTime } from '@/components/time/format';
import { FieldError } from '@/components/ui/forms/field-error';
import { SegmentedControl } from '@/components/ui/forms/segmented-control';
import { Select } from '@/components/ui/forms/select';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import type { NewExportSearch } from '@/pages/exports/exports-search';
import type { Run } from '@/pages/runs/queries';
import { words } from '@/words/en';

import { retargeted, targetKind } from './export-form';
import { RunChoice } from './run-choice';
import type { useOfferedRuns } from './use-offered-runs';

const { form } = words.exports;

interface TargetFieldsProps {
  search: NewExportSearch;
  onSearch: (search: NewExportSearch) => void;
  offered: ReturnType<typeof useOfferedRuns>;
  /** What the server says about the chosen runs. */
  error: string | undefined;
}

/** What a new export is of: runs of an index, or one run. */
export function TargetFields({ search, onSearch, offered, error }: TargetFieldsProps) {
  const indexes = useQuery(indexesQuery);
  const own = (indexes.data ?? []).filter((index) => !index.is_default);
  const kind = targetKind(search);
  const ofRun = offered.runs.find((run) => run.run_id === search.run);
  const choose = (next: typeof kind) => {
    if (next === kind) return;
    const indexOfRun = ofRun?.run_context.index_id;
    const index = typeof indexOfRun === 'string' ? indexOfRun : own[0]?.index_id;
    const first = search.runs?.[0] ?? offered.runs[0]?.run_id;
    onSearch(retargeted(search, next === 'index' ? { index } : { run: first }));
  };
  return (
    <section aria-label={form.targets} className="flex flex-col gap-3">
      <h2 className="text-base font-semibold">{form.targets}</h2>
      <div>
        <SegmentedControl
          label={form.targets}
          value={kind}
          onChange={choose}
          options={[
            { value: 'index', label: form.runsOfIndex },
            { value: 'run', label: form.oneRun },
          ]}
        />
      </div>
      {offered.error !== null && <ProblemNotice error={offered.error} onRetry={offered.retry} />}
      {kind === 'run' ? (
        <RunField runs={offered.runs} value={search.run} onChange={(run) => onSearch(retargeted(search, { run }))} />
      ) : (
        <>
          {indexes.isSuccess && own.length === 0 ? (
            <p className="text-ink-soft">{form.noIndexes}</p>
          ) : (
            <Select
              label={words.exports.index}
              placeholder={form.chooseIndex}
              value={own.some(({ index_id: id }) => id === search.index) ? (search.index ?? null) : null}
              onChange={(index) => onSearch(retargeted(search, { index }))}
              options={own.map(({ index_id: value, name: label }) => ({ value, label }))}
              className="max-w-md"
            />
          )}
          {search.index !== undefined && <RunChoice search={search} onSearch={onSearch} offered={offered} />}
          {search.index === undefined && !offered.isPending && offered.runs.length === 0 && <p className="text-ink-soft">{form.noRunsAtAll}</p>}
        </>
      )}
      <FieldError message={error} />
    </section>
  );
}

interface RunFieldProps {
  runs: readonly Run[];
  value: string | undefined;
  onChange: (runId: string) => void;
}

function RunField({ runs, value, onChange }: RunFieldProps) {
  return (
    <Select
      label={words.exports.run}
      placeholder={form.chooseRun}
      value={runs.some((run) => run.run_id === value) ? (value ?? null) : null}
      onChange={onChange}
      options={runs.map((run) => ({ value: run.run_id, label: form.runLabel(run.prompt_name, formatDateTime(run.executed_at)) }))}
      className="max-w-md"
    />
  );
}
