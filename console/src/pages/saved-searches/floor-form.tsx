import { useState } from 'react';

import type { Models } from '@/api/client';
import { Button } from '@/components/ui/button';
import { NumberField } from '@/components/ui/forms/number-field';
import { words } from '@/words/en';

interface FloorFormProps {
  floor: Pick<Models['Floor'], 'space' | 'min_score'>;
  isPending: boolean;
  onChange: (floor: Pick<Models['Floor'], 'space' | 'min_score'>) => void;
}

/** The lowest score of a saved search, which can be changed after a look at what matches. */
export function FloorForm({ floor, isPending, onChange }: FloorFormProps) {
  const [score, setScore] = useState<number | null>(floor.min_score);
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (score !== null) onChange({ space: floor.space, min_score: score });
      }}
    >
      <div className="w-32">
        <NumberField label={words.savedSearches.minScore} value={score} onChange={setScore} min={0} max={1} step={0.01} />
      </div>
      <Button type="submit" disabled={isPending || score === null}>
        {words.savedSearches.changeScore}
      </Button>
    </form>
  );
}
