import { Switch } from '@/components/ui/forms/switch';
import { Dialog } from '@/components/ui/overlays/dialog';
import { words } from '@/words/en';

import { keysInWords } from './keys';
import { setSingleKeys, useAllShortcuts, useSingleKeys } from './registry';

/** The keys of the open page and of the frame. */
export function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  const shortcuts = useAllShortcuts().filter(({ keys }) => keys !== undefined);
  const singleKeys = useSingleKeys();
  return (
    <Dialog open onOpenChange={onClose} title={words.shell.shortcuts}>
      <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-2">
        {shortcuts.map(({ keys = '', label }) => (
          <div key={`${keys} ${label}`} className="contents">
            <dt>{label}</dt>
            <dd>
              <kbd className="rounded-[4px] border border-line-strong bg-raised px-1.5 py-0.5 font-sans text-xs">{keysInWords(keys)}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-col gap-1 border-t border-line pt-4">
        <Switch label={words.shell.singleKeys} checked={singleKeys} onChange={setSingleKeys} />
        <p className="text-xs text-ink-soft">{words.shell.singleKeysHint}</p>
      </div>
    </Dialog>
  );
}
