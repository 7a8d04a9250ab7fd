import { useQuery } from '@tanstack/react-query';

import { indexesQuery } from '@/api/queries';
import { Select } from '@/components/ui/forms/select';
import { TextField } from '@/components/ui/forms/text-field';
import { words } from '@/words/en';

import type { Destination } from './destination';

interface DestinationFieldProps {
  destination: Destination;
  onChange: (destination: Destination) => void;
  /** Whether the playground is offered. */
  withPlayground?: boolean;
}

/** The choice of the index that new media go to. */
export function DestinationField({ destination, onChange, withPlayground = true }: DestinationFieldProps) {
  const indexes = useQuery(indexesQuery);
  const own = indexes.data?.filter((index) => !index.is_default) ?? [];
  const options = [
    ...(withPlayground ? [{ value: 'playground', label: words.uploads.playground }] : []),
    ...own.map((index) => ({ value: index.index_id, label: index.name })),
    { value: 'new', label: words.uploads.newIndex },
  ];
  return (
    <div className="flex flex-col gap-2 sm:flex-row sm:items-end">
      <Select
        label={words.uploads.destination}
        className="sm:w-64"
        value={destination.kind === 'index' ? destination.indexId : destination.kind}
        onChange={(value) => {
          if (value === 'playground') onChange({ kind: 'playground' });
          else if (value === 'new') onChange({ kind: 'new', name: '' });
          else onChange({ kind: 'index', indexId: value });
        }}
        options={options}
      />
      {destination.kind === 'new' && (
        <TextField
          label={words.uploads.indexName}
          className="w-full"
          value={destination.name}
          onValueChange={(name) => onChange({ kind: 'new', name })}
          maxLength={255}
          autoComplete="off"
        />
      )}
    </div>
  );
}
