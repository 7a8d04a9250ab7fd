import { Clapperboard } from 'lucide-react';
import { useState } from 'react';

import { Button } from '@/components/ui/button';
import { words } from '@/words/en';

import { CutListDialog } from './cut-list-dialog';
import type { CutListSource } from './cut-list-request';

interface CutListButtonProps {
  source: CutListSource;
  /** The title that the list begins with. */
  title: string;
  /** What stands on the button. */
  label?: string;
}

/** The button that makes a cut list of something. */
export function CutListButton({ source, title, label = words.cutLists.make }: CutListButtonProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Clapperboard size={16} aria-hidden />
        {label}
      </Button>
      <CutListDialog open={isOpen} onOpenChange={setOpen} source={source} title={title} />
    </>
  );
}
