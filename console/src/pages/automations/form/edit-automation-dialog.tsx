import { Dialog } from '@/components/ui/overlays/dialog';
import type { Automation } from '@/pages/automations/queries';
import { words } from '@/words/en';

import { ExportForm } from './export-form';
import { ImportForm } from './import-form';

interface EditAutomationDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  automation: Automation;
  /** The name of its index. */
  name: string;
}

/** The dialog that replaces the settings of an automation. */
export function EditAutomationDialog({ open, onOpenChange, automation, name }: EditAutomationDialogProps) {
  const close = () => onOpenChange(false);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} size="medium" title={words.automations.editTitle(name)} description={words.automations.editText}>
      {automation.kind === 'import' ? (
        <ImportForm indexId={automation.index_id} saved={automation} onSaved={close} />
      ) : (
        <ExportForm indexId={automation.index_id} saved={automation} onSaved={close} />
      )}
    </Dialog>
  );
}
