import { Check, SquareTerminal } from 'lucide-react';

import { Button } from '@/components/ui/button';
import { Menu } from '@/components/ui/overlays/menu';
import { words } from '@/words/en';

import { useCopy } from './copy-button';
import { type ApiRequest, curlOf, pythonOf } from './request-snippet';

interface CopyAsProps {
  request: ApiRequest;
  /** A program that does the same with the official client. */
  python?: string;
}

/** A button that copies the request behind a page as curl or as Python. It never copies the key. */
export function CopyAs({ request, python }: CopyAsProps) {
  const { copied, copy } = useCopy();
  const Icon = copied ? Check : SquareTerminal;
  return (
    <>
      <Menu
        trigger={
          <Button look="quiet" square aria-label={words.shell.copyAs} title={words.shell.copyAs}>
            <Icon size={18} aria-hidden />
          </Button>
        }
        entries={[
          { label: words.shell.copyAsCurl, onSelect: () => copy(curlOf(request)) },
          { label: words.shell.copyAsPython, onSelect: () => copy(python ?? pythonOf(request)) },
        ]}
      />
      <span role="status" className="sr-only">
        {copied ? words.shell.copied : ''}
      </span>
    </>
  );
}
