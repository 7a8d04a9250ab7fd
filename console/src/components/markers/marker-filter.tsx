import { words } from '@/words/en';

import { markerColors, markerFill, type MarkerFilter } from './marker-colors';

interface MarkerFilterChipsProps {
  value: MarkerFilter | undefined;
  onChange: (value: MarkerFilter | undefined) => void;
}

/** Chips that restrict a list to what has a marker, or a marker of one color. */
export function MarkerFilterChips({ value, onChange }: MarkerFilterChipsProps) {
  const chip = (option: MarkerFilter) => ({
    type: 'button' as const,
    'aria-pressed': value === option,
    onClick: () => onChange(value === option ? undefined : option),
  });
  const look = (isOn: boolean) => (isOn ? 'border-accent bg-accent-soft text-ink' : 'border-line text-ink-soft hover:bg-raised');
  return (
    <div role="group" aria-label={words.markers.filter} className="flex shrink-0 items-center gap-1">
      <button {...chip('any')} className={`h-7 shrink-0 rounded-full border px-3 text-xs ${look(value === 'any')}`}>
        {words.markers.any}
      </button>
      {markerColors.map((color) => {
        const label = words.markers.only(words.markers.colors[color]);
        return (
          <button key={color} {...chip(color)} aria-label={label} title={label} className={`grid size-7 shrink-0 place-items-center rounded-full border ${look(value === color)}`}>
            <span className={`size-3 rounded-full ${markerFill(color)}`} />
          </button>
        );
      })}
    </div>
  );
}
