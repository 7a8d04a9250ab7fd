import { Checkbox } from '@/components/ui/forms/checkbox';
import { FieldError } from '@/components/ui/forms/field-error';
import { RadioCards } from '@/components/ui/forms/radio-cards';
import { SegmentedControl } from '@/components/ui/forms/segmented-control';
import type { NewExportSearch } from '@/pages/exports/exports-search';
import { words } from '@/words/en';

import { formatOf, formatsOf } from './export-form';

const { form, formats, scopes } = words.exports;

interface ContentFieldsProps {
  search: NewExportSearch;
  onSearch: (search: NewExportSearch) => void;
  /** Whether one of the runs has a selection. */
  hasSelection: boolean;
  errors: Readonly<Record<string, string>>;
}

/** The format of a new export, and the segments that it has. */
export function ContentFields({ search, onSearch, hasSelection, errors }: ContentFieldsProps) {
  const format = formatOf(search);
  return (
    <>
      <section aria-label={form.format} className="flex flex-col gap-3">
        <h2 className="text-base font-semibold">{form.format}</h2>
        <RadioCards
          label={form.format}
          value={format}
          onChange={(next) => onSearch({ ...search, format: next })}
          options={formatsOf(search).map((value) => ({ value, label: formats[value].name, text: formats[value].text }))}
        />
        {format === 'parquet' && (
          <div className="flex flex-col gap-1">
            <Checkbox
              label={words.exports.embeddings}
              checked={search.embeddings === true}
              onChange={(isChosen) => onSearch({ ...search, embeddings: isChosen ? true : undefined })}
            />
            <p className="text-xs text-ink-soft">{words.exports.embeddingsHint}</p>
          </div>
        )}
        <FieldError message={errors.format ?? errors.include_embeddings} />
      </section>
      {hasSelection && (
        <section aria-label={form.scope} className="flex flex-col gap-3">
          <h2 className="text-base font-semibold">{form.scope}</h2>
          <div>
            <SegmentedControl
              label={form.scope}
              value={search.scope ?? 'all'}
              onChange={(next) => onSearch({ ...search, scope: next === 'all' ? undefined : next })}
              options={(['all', 'matches'] as const).map((value) => ({ value, label: scopes[value] }))}
            />
          </div>
          <p className="text-xs text-ink-soft">{form.scopeHint}</p>
          <FieldError message={errors.result_scope} />
        </section>
      )}
    </>
  );
}
