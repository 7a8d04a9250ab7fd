import { Search } from 'lucide-react';
import { useId } from 'react';

import { MarkerFilterChips } from '@/components/markers/marker-filter';
import { Select } from '@/components/ui/forms/select';
import { among, mediaStatuses, mediaTypes, orders, type SheetSearch, tileWidths, toggled, usualDensity } from '@/pages/library/library-search';
import { words } from '@/words/en';

interface SheetControlsProps {
  search: SheetSearch;
  onChange: (search: SheetSearch) => void;
}

/** The filters, the order and the density of a contact sheet. */
export function SheetControls({ search, onChange }: SheetControlsProps) {
  const types = among(mediaTypes, search.type);
  const statuses = among(mediaStatuses, search.status);
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-3">
      <NameFilter name={search.name ?? ''} onChange={(name) => onChange({ ...search, name: name === '' ? undefined : name })} />
      <div role="group" aria-label={words.library.filters} className="-mx-4 flex max-w-[100vw] items-center gap-1 overflow-x-auto px-4 py-1 sm:mx-0 sm:px-0">
        {mediaTypes.map((type) => (
          <Chip
            key={type}
            label={words.library.types[type]}
            isOn={types.includes(type)}
            onToggle={() => onChange({ ...search, type: toggled(mediaTypes, search.type, type) })}
          />
        ))}
        <span className="mx-1 h-4 w-px shrink-0 bg-line-strong" />
        {mediaStatuses.map((status) => (
          <Chip
            key={status}
            label={words.library.status[status]}
            isOn={statuses.includes(status)}
            onToggle={() => onChange({ ...search, status: toggled(mediaStatuses, search.status, status) })}
          />
        ))}
        <span className="mx-1 h-4 w-px shrink-0 bg-line-strong" />
        <MarkerFilterChips value={search.marker} onChange={(marker) => onChange({ ...search, marker })} />
      </div>
      <div className="ml-auto flex items-center gap-3">
        <Select
          label={words.library.sort}
          hideLabel
          value={search.sort ?? 'newest'}
          onChange={(sort) => onChange({ ...search, sort: sort === 'newest' ? undefined : sort })}
          options={orders.map((order) => ({ value: order, label: words.library.orders[order] }))}
        />
        <Density density={search.density ?? usualDensity} onChange={(density) => onChange({ ...search, density: density === usualDensity ? undefined : density })} />
      </div>
    </div>
  );
}

function NameFilter({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const id = useId();
  return (
    <div className="relative w-full sm:w-48">
      <label htmlFor={id} className="sr-only">
        {words.library.filterByName}
      </label>
      <Search size={16} aria-hidden className="absolute top-2 left-2 text-ink-soft" />
      <input
        id={id}
        type="search"
        defaultValue={name}
        placeholder={words.library.filterByName}
        onChange={(event) => onChange(event.target.value)}
        className="h-8 w-full rounded-md border border-line-strong bg-surface pr-2 pl-8 text-sm placeholder:text-ink-soft"
      />
    </div>
  );
}

function Chip({ label, isOn, onToggle }: { label: string; isOn: boolean; onToggle: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onToggle}
      className={`h-7 shrink-0 rounded-full border px-3 text-xs ${isOn ? 'border-accent bg-accent-soft text-ink' : 'border-line text-ink-soft hover:bg-raised'}`}
    >
      {label}
    </button>
  );
}

function Density({ density, onChange }: { density: number; onChange: (density: number) => void }) {
  return (
    <input
      type="range"
      aria-label={words.library.density}
      title={words.library.density}
      min={0}
      max={tileWidths.length - 1}
      step={1}
      value={density}
      onChange={(event) => onChange(Number(event.target.value))}
      className="w-24 accent-accent"
    />
  );
}
