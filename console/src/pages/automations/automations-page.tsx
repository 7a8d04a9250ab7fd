import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';

import { indexesQuery } from '@/api/queries';
import { useMay } from '@/app/session/session';
import { useRowKeys } from '@/app/shortcuts/use-row-keys';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { useConnectors } from '@/pages/connections/connectors/queries';
import { words } from '@/words/en';

import { AutomationDetail } from './automation-detail';
import { AutomationRow } from './automation-row';
import { NewAutomationDialog } from './form/new-automation-dialog';
import type { Names } from './names';
import { type Automation, useAutomations } from './queries';

const route = getRouteApi('/shell/connected/automations');

/** The automations of all indexes, or one with its history. */
export function AutomationsPage() {
  const { index, kind } = route.useSearch();
  const { data, error, refetch } = useAutomations();
  const names = useNames();
  if (error !== null && data === undefined) {
    return (
      <div className="py-4">
        <ProblemNotice error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  if (data === undefined) return <SkeletonRows rows={3} className="h-20 w-full" />;
  if (index === undefined) return <AutomationList automations={data} names={names} />;
  const shown = data.find((each) => each.index_id === index && each.kind === kind);
  return shown === undefined ? <EmptyState title={words.automations.noSuch} /> : <AutomationDetail automation={shown} names={names} />;
}

function AutomationList({ automations, names }: { automations: readonly Automation[]; names: Names }) {
  useRowKeys();
  const mayWrite = useMay('write');
  const [isMaking, setMaking] = useState(false);
  const makeButton = mayWrite && (
    <Button look="primary" onClick={() => setMaking(true)}>
      <Plus size={16} aria-hidden />
      {words.automations.new}
    </Button>
  );
  return (
    <div className="flex flex-col gap-2 py-4">
      {automations.length === 0 ? (
        <EmptyState title={words.automations.none} text={words.automations.noneText}>
          {makeButton}
        </EmptyState>
      ) : (
        <>
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p className="text-ink-soft">{words.automations.text}</p>
            {makeButton}
          </div>
          <ul className="flex flex-col gap-2">
            {automations.map((automation) => (
              <AutomationRow key={automation.automation_id} automation={automation} names={names} />
            ))}
          </ul>
        </>
      )}
      <NewAutomationDialog open={isMaking} onOpenChange={setMaking} automations={automations} />
    </div>
  );
}

function useNames(): Names {
  const indexes = useQuery(indexesQuery).data;
  const connectors = useConnectors().data;
  return useMemo(() => {
    const ofIndexes = new Map(indexes?.map(({ index_id: id, name }) => [id, name]));
    const ofConnectors = new Map(connectors?.map(({ connector_id: id, name }) => [id, name]));
    return {
      index: (id) => ofIndexes.get(id) ?? id,
      connector: (id) => ofConnectors.get(id) ?? (connectors === undefined ? '' : words.imports.deletedConnector),
    };
  }, [indexes, connectors]);
}
