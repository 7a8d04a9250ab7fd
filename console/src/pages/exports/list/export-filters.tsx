import { Select } from '@/components/ui/forms/select';
import { exportFormats, exportKinds, exportStatuses, type ExportsSearch } from '@/pages/exports/exports-search';
import { words } from '@/words/en';

const any = '';
const text = words.exports;

interface ExportFiltersProps {
  search: ExportsSearch;
  onSearch: (search: ExportsSearch) => void;
}

/** The filters of the list of exports. */
export function ExportFilters({ search, onSearch }: ExportFiltersProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-2">
      <Filter
        label={text.status}
        none={text.allStatuses}
        value={search.status}
        onChange={(status) => onSearch({ ...search, status })}
        options={exportStatuses.map((value) => ({ value, label: text.statuses[value] }))}
      />
      <Filter
        label={text.kind}
        none={text.allKinds}
        value={search.kind}
        onChange={(kind) => onSearch({ ...search, kind })}
        options={exportKinds.map((value) => ({ value, label: text.kinds[value] }))}
      />
      <Filter
        label={text.formatFilter}
        none={text.allFormats}
        value={search.format}
        onChange={(format) => onSearch({ ...search, format })}
        options={exportFormats.map((value) => ({ value, label: text.formats[value].name }))}
      />
    </div>
  );
}

interface FilterProps<Value extends string> {
  label: string;
  /** The choice that filters nothing. */
  none: string;
  value: Value | undefined;
  onChange: (value: Value | undefined) => void;
  options: readonly { value: Value; label: string }[];
}

function Filter<Value extends string>({ label, none, value, onChange, options }: FilterProps<Value>) {
  return (
    <Select<Value | typeof any>
      label={label}
      hideLabel
      value={value ?? any}
      onChange={(next) => onChange(next === any ? undefined : next)}
      options={[{ value: any, label: none }, ...options]}
    />
  );
}
