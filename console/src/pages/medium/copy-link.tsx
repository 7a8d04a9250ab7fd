import { Check, Link } from 'lucide-react';
import { useEffect, useState } from 'react';

import { Button } from '@/components/ui/button';

interface CopyLinkProps {
  label: string;
  onCopy: () => void;
  /** Where the link leads that was just copied; null otherwise. */
  copied: string | null;
}

/** A button that copies a link, and says for a moment where it leads. */
export function CopyLink({ label, onCopy, copied }: CopyLinkProps) {
  const Icon = copied === null ? Link : Check;
  return (
    <Button look="quiet" title={label} onClick={onCopy}>
      <Icon size={16} aria-hidden />
      <span className="sr-only sm:not-sr-only">{copied ?? label}</span>
      <span role="status" className="sr-only">
        {copied}
      </span>
    </Button>
  );
}

/** Return a notice that goes after two seconds, and what sets it. */
export function useBriefNotice(): [string | null, (notice: string | null) => void] {
  const [notice, setNotice] = useState<string | null>(null);
  useEffect(() => {
    if (notice === null) return;
    const timer = setTimeout(() => setNotice(null), 2000);
    return () => clearTimeout(timer);
  }, [notice]);
  return [notice, setNotice];
}
