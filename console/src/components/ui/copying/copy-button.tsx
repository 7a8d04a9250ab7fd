import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';

import { Button } from '@/components/ui/button';
import { words } from '@/words/en';

import { copyText } from './copy-text';

interface CopyButtonProps {
  text: string;
  /** What it copies, such as "Copy request id". */
  label?: string;
  /** Shows the label beside the picture. */
  showLabel?: boolean;
}

/** A button that copies a text and says so for a moment. */
export function CopyButton({ text, label = words.shell.copy, showLabel = false }: CopyButtonProps) {
  const { copied, copy } = useCopy();
  const Icon = copied ? Check : Copy;
  return (
    <Button look="quiet" square={!showLabel} title={label} onClick={() => copy(text)}>
      <Icon size={16} aria-hidden />
      <span className={showLabel ? '' : 'sr-only'}>{label}</span>
      <span role="status" className="sr-only">
        {copied ? words.shell.copied : ''}
      </span>
    </Button>
  );
}

/** Return `copy`, and whether it has copied something within the last two seconds. */
export function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return { copied, copy: (text) => void copyText(text).then(setCopied) };
}
