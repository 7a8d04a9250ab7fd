import { Info } from 'lucide-react';

import { words } from '@/words/en';

import type { SearchPlan } from './requests/search-plan';

interface SearchNotesProps {
  plan: SearchPlan | null;
  pictureIsMissing: boolean;
}

/** What a search leaves out, in words. */
export function SearchNotes({ plan, pictureIsMissing }: SearchNotesProps) {
  const notes = [
    pictureIsMissing ? words.search.pictureMissing : null,
    plan?.withoutConditions === true ? words.search.withoutConditions : null,
    plan?.withoutMarker === true ? words.search.withoutMarkers : null,
    plan?.withoutPlayground === true ? words.search.withoutPlayground : null,
    plan !== null && plan.indexesLeftOut > 0 ? words.search.indexesLeftOut(plan.indexesLeftOut) : null,
  ].filter((note) => note !== null);
  return notes.map((note) => (
    <p key={note} className="flex items-center gap-2 text-sm text-ink-soft">
      <Info size={16} aria-hidden className="shrink-0" />
      {note}
    </p>
  ));
}
