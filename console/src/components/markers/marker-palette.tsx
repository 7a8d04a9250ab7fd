import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { Check } from 'lucide-react';

import { words } from '@/words/en';

import { type MarkerColor, markerColorOf, markerColors, markerFill } from './marker-colors';

interface MarkerPaletteProps {
  color: MarkerColor | null;
  onChange: (color: MarkerColor | null) => void;
}

const none = 'none';

/** The choice of a marker's color, or of none. */
export function MarkerPalette({ color, onChange }: MarkerPaletteProps) {
  return (
    <RadioGroup aria-label={words.markers.color} value={color ?? none} onValueChange={(value) => onChange(markerColorOf(value))} className="flex gap-2">
      {[...markerColors, null].map((each) => {
        const name = each === null ? words.markers.noColor : words.markers.colors[each];
        return (
          <Radio.Root
            key={name}
            value={each ?? none}
            aria-label={name}
            title={name}
            className={`grid size-6 cursor-pointer place-items-center rounded-full data-checked:outline-2 data-checked:outline-offset-2 data-checked:outline-ink ${markerFill(each)}`}
          >
            <Radio.Indicator className={each === null ? 'text-ink' : 'text-surface'}>
              <Check size={14} aria-hidden />
            </Radio.Indicator>
          </Radio.Root>
        );
      })}
    </RadioGroup>
  );
}
