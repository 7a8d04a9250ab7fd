import type { Models } from '@/api/client';
import { formatDateTime } from '@/components/time/format';
import { Select } from '@/components/ui/forms/select';
import { playground, type SearchAddress } from '@/pages/search/search-address';
import { words } from '@/words/en';

import { useRuns } from './use-scope';

interface SearchScopeProps {
  address: SearchAddress;
  indexes: readonly Models['Index'][];
  onChange: (scope: Pick<SearchAddress, 'index' | 'run'>) => void;
}

const everything = 'everything';
const allRuns = 'all';

/** The choice of what is searched: everything, an index or the playground, and one of its runs. */
export function SearchScope({ address, indexes, onChange }: SearchScopeProps) {
  const { data: runs } = useRuns(address.index);
  const places = [
    { value: everything, label: words.search.everything },
    ...indexes.map(({ index_id, name }) => ({ value: index_id, label: name })),
    { value: playground, label: words.search.playground },
  ];
  return (
    <>
      <Select
        label={words.search.scopeLabel}
        hideLabel
        value={address.index ?? everything}
        onChange={(value) => onChange(value === everything ? {} : { index: value })}
        options={withUnknown(places, address.index)}
        className="max-w-56"
      />
      {(runs !== undefined && runs.length > 0) || address.run !== undefined ? (
        <Select
          label={words.search.runLabel}
          hideLabel
          value={address.run ?? allRuns}
          onChange={(run) => onChange({ ...place(address.index), ...(run === allRuns ? {} : { run }) })}
          options={withUnknown(
            [
              { value: allRuns, label: words.search.allRuns },
              ...(runs ?? []).map((run) => ({
                value: run.run_id,
                label: words.search.runName(run.prompt_name, formatDateTime(run.executed_at)),
              })),
            ],
            address.run,
          )}
          className="max-w-72"
        />
      ) : null}
    </>
  );
}

function place(index: string | undefined): Pick<SearchAddress, 'index'> {
  return index === undefined ? {} : { index };
}

/** Add the value of an address that is not among the options, such as a run that is deleted. */
function withUnknown(options: { value: string; label: string }[], value: string | undefined) {
  const isKnown = value === undefined || options.some((option) => option.value === value);
  return isKnown ? options : [...options, { value, label: value }];
}
