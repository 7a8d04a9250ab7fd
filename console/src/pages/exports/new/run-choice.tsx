import { formatDateTime } from '@/components/time/format';
import { Button } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { Checkbox } from '@/components/ui/forms/checkbox';
import { SegmentedControl } from '@/components/ui/forms/segmented-control';
import type { NewExportSearch } from '@/pages/exports/exports-search';
import { words } from '@/words/en';

import type { useOfferedRuns } from './use-offered-runs';

const { form } = words.exports;

interface RunChoiceProps {
  search: NewExportSearch;
  onSearch: (search: NewExportSearch) => void;
  offered: ReturnType<typeof useOfferedRuns>;
}

/** The runs of an index that an export has: all of them, or chosen ones. */
export function RunChoice({ search, onSearch, offered }: RunChoiceProps) {
  const { runs: chosen } = search;
  const toggle = (runId: string, isChosen: boolean) => {
    const others = (chosen ?? []).filter((id) => id !== runId);
    onSearch({ ...search, runs: isChosen ? [...others, runId] : others });
  };
  if (offered.isPending) return <SkeletonRows rows={2} className="h-6 w-full" />;
  if (offered.runs.length === 0) return offered.error === null ? <p className="text-ink-soft">{form.noRuns}</p> : null;
  return (
    <>
      <div>
        <SegmentedControl
          label={form.whichRuns}
          value={chosen === undefined ? 'all' : 'chosen'}
          onChange={(which) => onSearch({ ...search, runs: which === 'all' ? undefined : [] })}
          options={[
            { value: 'all', label: form.allRuns },
            { value: 'chosen', label: form.chosenRuns },
          ]}
        />
      </div>
      {chosen !== undefined && (
        <>
          <ul aria-label={form.whichRuns} className="flex max-h-80 flex-col gap-2 overflow-y-auto rounded-md border border-line p-3">
            {offered.runs.map((run) => (
              <li key={run.run_id}>
                <Checkbox
                  label={
                    <>
                      {form.runLabel(run.prompt_name, formatDateTime(run.executed_at))}{' '}
                      <span className="text-xs text-ink-soft">{form.runDetail(run.total_segments)}</span>
                    </>
                  }
                  checked={chosen.includes(run.run_id)}
                  onChange={(isChosen) => toggle(run.run_id, isChosen)}
                />
              </li>
            ))}
          </ul>
          {offered.more !== null && (
            <Button className="self-start" onClick={offered.more}>
              {form.moreRuns}
            </Button>
          )}
        </>
      )}
    </>
  );
}
