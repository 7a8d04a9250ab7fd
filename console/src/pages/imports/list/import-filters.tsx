import { useQuery } from '@tanstack/react-query';

import { indexesQuery } from '@/api/queries';
import { Checkbox } from '@/components/ui/forms/checkbox';
import { Select } from '@/components/ui/forms/select';
import { importStatuses, type ImportsSearch, type ImportStatus } from '@/pages/imports/imports-search';
import { words } from '@/words/en';

const any = '';

interface ImportFiltersProps {
  search: ImportsSearch;
  onSearch: (search: ImportsSearch) => void;
}

/** The filters of the list of imports. */
export function ImportFilters({ search, onSearch }: ImportFiltersProps) {
  const own = useQuery(indexesQuery).data?.filter(({ is_default: isDefault }) => !isDefault) ?? [];
  const { status, index, automatic } = search;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select<ImportStatus | typeof any>
        label={words.imports.status}
        hideLabel
        value={status ?? any}
        onChange={(next) => onSearch({ ...search, status: next === any ? undefined : next })}
        options={[{ value: any, label: words.imports.allStatuses }, ...importStatuses.map((value) => ({ value, label: words.imports.statuses[value] }))]}
      />
      <Select
        label={words.imports.index}
        hideLabel
        value={index ?? any}
        onChange={(next) => onSearch({ ...search, index: next === any ? undefined : next })}
        options={[{ value: any, label: words.imports.allIndexes }, ...own.map(({ index_id: value, name: label }) => ({ value, label }))]}
        className="max-w-60"
      />
      <Checkbox
        label={words.imports.onlyAutomatic}
        checked={automatic === true}
        onChange={(isChosen) => onSearch({ ...search, automatic: isChosen ? true : undefined })}
      />
    </div>
  );
}
