import { Scissors } from 'lucide-react';
import { useState } from 'react';

import { Button } from '@/components/ui/button';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SegmentedControl } from '@/components/ui/forms/segmented-control';
import { TextField } from '@/components/ui/forms/text-field';
import { Dialog } from '@/components/ui/overlays/dialog';
import { words } from '@/words/en';

import { ClipList } from './clip-list';
import { useClipChanges } from './clip-queries';
import { clipTime, secondsOf, spanProblem } from './clip-times';

const text = words.clips;

/** The part of a medium that a clip begins with. */
export interface ClipPart {
  videoId: string;
  title: string;
  start: number;
  end: number;
  /** The length of the medium in seconds; null if it is not known. */
  duration: number | null;
}

interface ClipDialogProps {
  /** Null closes the dialog. */
  part: ClipPart | null;
  onClose: () => void;
}

/** Makes clips of a medium, and lists those that it has. */
export function ClipDialog({ part, onClose }: ClipDialogProps) {
  return (
    <Dialog
      open={part !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={part === null ? text.make : text.title(part.title)}
      description={text.description}
    >
      {part !== null && (
        <>
          <ClipForm part={part} />
          <section aria-label={text.list} className="flex flex-col gap-2">
            <h3 className="font-semibold">{text.list}</h3>
            <ClipList videoId={part.videoId} isReadOnly={false} />
          </section>
        </>
      )}
    </Dialog>
  );
}

type Way = 'fast' | 'precise';

function ClipForm({ part }: { part: ClipPart }) {
  const [start, setStart] = useState(clipTime(part.start));
  const [end, setEnd] = useState(clipTime(part.end));
  const [way, setWay] = useState<Way>('fast');
  const { make } = useClipChanges(part.videoId);
  const [from, to] = [secondsOf(start), secondsOf(end)];
  const problem = spanProblem(from, to, part.duration);
  const body = { start_seconds: from, end_seconds: to, precise: way === 'precise' };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === null) make.mutate(body);
      }}
    >
      <div className="grid grid-cols-2 gap-4">
        <TextField
          label={text.start}
          value={start}
          onValueChange={setStart}
          autoComplete="off"
          error={problem === 'start' || problem === 'outside' ? text.problems[problem] : undefined}
        />
        <TextField
          label={text.end}
          value={end}
          onValueChange={setEnd}
          autoComplete="off"
          error={problem === 'end' || problem === 'order' || problem === 'long' ? text.problems[problem] : undefined}
        />
      </div>
      <div className="flex flex-col items-start gap-1">
        <SegmentedControl<Way>
          label={text.way}
          value={way}
          onChange={setWay}
          options={[
            { value: 'fast', label: text.ways.fast },
            { value: 'precise', label: text.ways.precise },
          ]}
        />
        <p className="text-xs text-ink-soft">{text.wayHints[way]}</p>
      </div>
      {make.error !== null && <ProblemNotice error={make.error} />}
      <footer className="flex justify-end gap-2">
        <CopyAs request={{ method: 'POST', path: `/api/v2/videos/${part.videoId}/clips`, body }} />
        <Button type="submit" look="primary" disabled={problem !== null || make.isPending}>
          <Scissors size={16} aria-hidden />
          {text.make}
        </Button>
      </footer>
    </form>
  );
}
