import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';

import { api } from '@/api/client';
import { namedFile } from '@/api/named-file';
import { ApiProblem } from '@/api/problem';
import { saveFile } from '@/components/files/save-file';
import { Button } from '@/components/ui/button';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { NumberField } from '@/components/ui/forms/number-field';
import { Select } from '@/components/ui/forms/select';
import { TextField } from '@/components/ui/forms/text-field';
import { Dialog } from '@/components/ui/overlays/dialog';
import { words } from '@/words/en';

import { type CutListFormat, cutListFormats, cutListRequest, type CutListRequest, type CutListSource, frameRates, ownRate, type RateChoice } from './cut-list-request';

const text = words.cutLists;
const mostHandles = 10;

interface CutListDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  source: CutListSource;
  /** The title that the list begins with. */
  title: string;
}

/** The choices of a cut list. The file is downloaded. */
export function CutListDialog({ open, onOpenChange, source, title }: CutListDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={text.title} description={text.sources[source.type](partsOf(source))}>
      <CutListForm source={source} title={title} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function partsOf(source: CutListSource): number {
  return source.type === 'segments' ? source.segments.length : 0;
}

function CutListForm({ source, title: first, onDone }: { source: CutListSource; title: string; onDone: () => void }) {
  const [format, setFormat] = useState<CutListFormat>('edl');
  const [rate, setRate] = useState<RateChoice>(ownRate);
  const [handles, setHandles] = useState<number | null>(0);
  const [title, setTitle] = useState(first);
  const saving = useMutation({
    mutationFn: (body: CutListRequest) => namedFile(api.POST('/api/v2/videos/cut-list', { body, parseAs: 'blob' })),
    onSuccess: (file) => {
      saveFile(file);
      onDone();
    },
  });
  const fits = handles !== null && handles >= 0 && handles <= mostHandles && title.trim() !== '';
  const request = cutListRequest(source, { format, rate, handles: handles ?? 0, title });
  const mixed = saving.error instanceof ApiProblem && saving.error.code === 'mixed_frame_rates' ? saving.error : null;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (fits) saving.mutate(request);
      }}
    >
      <TextField label={text.name} value={title} onValueChange={setTitle} maxLength={200} required autoComplete="off" />
      <div className="flex flex-col gap-1">
        <Select
          label={text.format}
          value={format}
          onChange={setFormat}
          options={cutListFormats.map((value) => ({ value, label: text.formats[value].name }))}
        />
        <p className="text-xs text-ink-soft">{text.formats[format].opens}</p>
      </div>
      <div className="flex flex-col gap-1">
        <Select
          label={text.frameRate}
          value={rate}
          onChange={setRate}
          options={[{ value: ownRate, label: text.ownRate }, ...frameRates.map((value) => ({ value, label: text.rate(value) }))]}
        />
        {mixed !== null && (
          <p role="alert" className="text-xs text-warning">
            {mixed.message}
          </p>
        )}
      </div>
      <NumberField
        label={text.handles}
        hint={text.handlesHint}
        value={handles}
        onChange={setHandles}
        min={0}
        max={mostHandles}
        step="any"
        error={handles !== null && handles >= 0 && handles <= mostHandles ? undefined : text.handlesRange(mostHandles)}
      />
      {saving.error !== null && mixed === null && <ProblemNotice error={saving.error} />}
      <footer className="flex justify-end gap-2">
        <CopyAs request={{ method: 'POST', path: '/api/v2/videos/cut-list', body: request }} />
        <Button type="submit" look="primary" disabled={!fits || saving.isPending}>
          <Download size={16} aria-hidden />
          {text.download}
        </Button>
      </footer>
    </form>
  );
}
