import { createContext, use } from 'react';

import type { Models } from '@/api/client';
import { isMarked } from '@/components/markers/marker-colors';
import { MarkerButton } from '@/components/markers/marker-button';
import { words } from '@/words/en';

/** What the fields of a result need to show and change their markers. */
export interface FieldMarks {
  markerOf: (path: string) => Models['Marker'] | undefined;
  targetOf: (path: string) => Models['MarkerTarget'];
  mayChange: boolean;
}

export const MarksOfFields = createContext<FieldMarks | null>(null);

/** The marker of a field. The button that sets one appears on hover and focus. */
export function FieldMark({ path, name }: { path: string; name: string }) {
  const context = use(MarksOfFields);
  if (context === null) return null;
  const marker = context.markerOf(path);
  return (
    <MarkerButton
      target={marker?.target ?? context.targetOf(path)}
      of={words.markers.of.field(name)}
      marker={marker}
      mayChange={context.mayChange}
      className={`-my-2 ${isMarked(marker) ? '' : 'opacity-0 group-hover/field:opacity-100 focus-visible:opacity-100 data-popup-open:opacity-100 pointer-coarse:opacity-100'}`}
    />
  );
}
