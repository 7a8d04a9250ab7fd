import { Check, Link } from 'lucide-react';
import { useEffect, useState } from 'react';

import { Button } from '@/components/ui/button';

interface CopyLinkProps {
  label: string;
  /** Copies the link. Returns what to say about it, or null if the browser refuses. */
  onCopy: () => Promise<string | null>;
}

/** A button that copies a link, and says for a moment where it leads. */
export function CopyLink({ label, onCopy }: CopyLinkProps) {
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  const Icon = said === null ? Link : Check;
  return (
    <Button look="quiet" title={label} onClick={() => void onCopy().then(setSaid)}>
      <Icon size={16} aria-hidden />
      <span className="sr-only sm:not-sr-only">{said ?? label}</span>
      <span role="status" className="sr-only">
        {said}
      </span>
    </Button>
  );
}
