import { Trash2 } from 'lucide-react';
import { useState } from 'react';

import type { Models } from '@/api/client';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { TextArea } from '@/components/ui/forms/text-area';
import { words } from '@/words/en';

import { isMarked, markerColorOf, type ShownMarker } from './marker-colors';
import { MarkerPalette } from './marker-palette';
import { useMarkerChanges } from './use-marker-changes';

const longestNote = 500;

interface MarkerFormProps {
  target: Models['MarkerTarget'];
  /** The marker that the target has. */
  marker: ShownMarker | null | undefined;
  onDone: () => void;
}

/** The color and the note of a marker. Enter saves it. */
export function MarkerForm({ target, marker, onDone }: MarkerFormProps) {
  const before = isMarked(marker) ? marker : null;
  const [color, setColor] = useState(before === null ? 'yellow' : markerColorOf(before.color));
  const [note, setNote] = useState(before?.note ?? '');
  const { put, remove } = useMarkerChanges(target, onDone);
  const wanted = note.trim() === '' ? null : note.trim();
  const tooLong = wanted !== null && Array.from(wanted).length > longestNote;
  const permitted = !put.isPending && !remove.isPending && !tooLong && (color !== null || wanted !== null);
  const save = () => {
    if (permitted) put.mutate({ color, note: wanted });
  };
  const error = put.error ?? remove.error;
  return (
    <form
      className="flex w-72 max-w-full flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || !(event.target instanceof HTMLTextAreaElement)) return;
        event.preventDefault();
        save();
      }}
    >
      <TextArea
        label={words.markers.note}
        hint={words.markers.noteHint}
        rows={2}
        value={note}
        onChange={setNote}
        error={tooLong ? words.markers.noteTooLong(longestNote) : undefined}
      />
      <MarkerPalette color={color} onChange={setColor} />
      {error !== null && <ProblemNotice error={error} />}
      <footer className="flex flex-wrap justify-end gap-2">
        {before !== null && (
          <Button look="danger" onClick={() => remove.mutate(before.marker_id ?? '')} disabled={remove.isPending}>
            <Trash2 size={16} aria-hidden />
            {words.markers.delete}
          </Button>
        )}
        <Button type="submit" look="primary" disabled={!permitted}>
          {words.markers.save}
        </Button>
      </footer>
    </form>
  );
}
