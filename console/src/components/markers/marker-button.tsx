import { Flag } from 'lucide-react';
import { useState } from 'react';

import type { Models } from '@/api/client';
import { Button } from '@/components/ui/button';
import { Popover } from '@/components/ui/overlays/popover';
import { words } from '@/words/en';

import { isMarked, type ShownMarker } from './marker-colors';
import { MarkerDot } from './marker-dot';
import { MarkerForm } from './marker-form';
import { markerLabel } from './marker-label';

interface MarkerButtonProps {
  target: Models['MarkerTarget'];
  /** What is marked, such as "this segment". */
  of: string;
  marker: ShownMarker | null | undefined;
  /** Whether the key may mark the target. Without it, a marker is only shown. */
  mayChange: boolean;
  /** Both together, where a key of the page opens it. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
}

/** The marker of a thing, and the button that sets, changes or deletes it. */
export function MarkerButton({ target, of, marker, mayChange, open, onOpenChange, className = '' }: MarkerButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const marked = isMarked(marker);
  if (!mayChange) return marked ? <MarkerDot marker={marker} /> : null;
  const label = marked ? words.markers.edit(of, markerLabel(marker)) : words.markers.set(of);
  const change = onOpenChange ?? setOpen;
  return (
    <Popover
      title={marked ? words.markers.editTitle(of) : words.markers.set(of)}
      open={open ?? isOpen}
      onOpenChange={change}
      trigger={
        <Button look="quiet" square aria-label={label} title={label} className={className}>
          {marked ? <MarkerDot marker={marker} /> : <Flag size={16} aria-hidden />}
        </Button>
      }
    >
      <MarkerForm target={target} marker={marker} onDone={() => change(false)} />
    </Popover>
  );
}
