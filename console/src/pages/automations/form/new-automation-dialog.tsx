import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { indexesQuery } from '@/api/queries';
import { SegmentedControl } from '@/components/ui/forms/segmented-control';
import { Select } from '@/components/ui/forms/select';
import { Dialog } from '@/components/ui/overlays/dialog';
import type { AutomationKind } from '@/pages/automations/automations-search';
import type { Automation } from '@/pages/automations/queries';
import { words } from '@/words/en';

import { ExportForm } from './export-form';
import { ImportForm } from './import-form';

interface NewAutomationDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Those that exist: an index has at most one of each kind. */
  automations: readonly Automation[];
}

/** The dialog that makes an automation. */
export function NewAutomationDialog({ open, onOpenChange, automations }: NewAutomationDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} size="medium" title={words.automations.new} description={words.automations.newText}>
      <NewAutomation automations={automations} />
    </Dialog>
  );
}

const kinds: readonly AutomationKind[] = ['import', 'export'];

function NewAutomation({ automations }: { automations: readonly Automation[] }) {
  const navigate = useNavigate();
  const [kind, setKind] = useState<AutomationKind>('import');
  const [chosen, setChosen] = useState<string | null>(null);
  const taken = new Set(automations.filter((each) => each.kind === kind).map((each) => each.index_id));
  const free = useQuery(indexesQuery).data?.filter(({ index_id: id, is_default: isDefault }) => !isDefault && !taken.has(id)) ?? [];
  const indexId = free.some(({ index_id: id }) => id === chosen) ? chosen : null;
  const show = () => {
    if (indexId !== null) void navigate({ to: '/automations', search: { index: indexId, kind } });
  };
  return (
    <div className="flex flex-col gap-4">
      <div>
        <SegmentedControl
          label={words.automations.kind}
          value={kind}
          onChange={setKind}
          options={kinds.map((value) => ({ value, label: words.automations.kinds[value] }))}
        />
      </div>
      <Select
        label={words.automations.index}
        placeholder={free.length === 0 ? words.automations.noIndex : words.automations.chooseIndex}
        value={indexId}
        onChange={setChosen}
        options={free.map(({ index_id: value, name: label }) => ({ value, label }))}
      />
      {kind === 'import' ? <ImportForm indexId={indexId} saved={null} onSaved={show} /> : <ExportForm indexId={indexId} saved={null} onSaved={show} />}
    </div>
  );
}
