import { useQuery } from '@tanstack/react-query';

import { indexesQuery } from '@/api/queries';
import { SegmentedControl } from '@/components/ui/forms/segmented-control';
import { Select } from '@/components/ui/forms/select';
import type { NewRunSearch } from '@/pages/runs/run-search';
import { words } from '@/words/en';

import { type TargetKind, targetKind } from './run-form';

const { form } = words.runs;

interface TargetFieldsProps {
  search: NewRunSearch;
  onSearch: (search: NewRunSearch) => void;
}

/** The media of a new run. Chosen media come from the library, through the address. */
export function TargetFields({ search, onSearch }: TargetFieldsProps) {
  const indexes = useQuery(indexesQuery);
  // The default index of the server takes no runs.
  const own = (indexes.data ?? []).filter((index) => !index.is_default);
  const kind = targetKind(search);
  const { prompt } = search;
  const kinds: TargetKind[] = search.video === undefined ? ['index', 'playground'] : ['videos', 'index', 'playground'];
  const choose = (next: TargetKind) => {
    if (next === 'playground') onSearch({ prompt, playground: true });
    else if (next === 'index') onSearch({ prompt, index: search.index ?? own[0]?.index_id });
  };
  return (
    <section aria-label={form.target} className="flex flex-col gap-3">
      <h2 className="text-base font-semibold">{form.target}</h2>
      <div>
        <SegmentedControl
          label={form.target}
          value={kind}
          onChange={choose}
          options={kinds.map((value) => ({ value, label: form.targets[value] }))}
        />
      </div>
      {kind === 'videos' && <p className="text-ink-soft">{form.videosNote(search.video?.length ?? 0)}</p>}
      {kind === 'playground' && <p className="text-ink-soft">{form.playgroundNote}</p>}
      {kind === 'index' && indexes.isSuccess && own.length === 0 && <p className="text-ink-soft">{form.noIndexes}</p>}
      {kind === 'index' && own.length > 0 && (
        <Select
          label={form.index}
          placeholder={form.chooseIndex}
          value={search.index ?? null}
          onChange={(index) => onSearch({ prompt, index })}
          options={own.map((index) => ({ value: index.index_id, label: index.name }))}
          className="max-w-md"
        />
      )}
    </section>
  );
}
