import { Link } from '@tanstack/react-router';

import { BackLink } from '@/components/ui/layout/back-link';
import { words } from '@/words/en';

import { AutomationActions } from './automation-actions';
import { AutomationState } from './automation-row';
import { AutomationSettings } from './automation-settings';
import { connectorOf, describePlace } from './describe';
import { History } from './history';
import type { Names } from './names';
import type { Automation } from './queries';

interface AutomationDetailProps {
  automation: Automation;
  names: Names;
}

/** An automation with its settings, and what it did. */
export function AutomationDetail({ automation, names }: AutomationDetailProps) {
  const { index_id: index, kind, status_reason: reason } = automation;
  const name = names.index(index);
  return (
    <div className="flex flex-col gap-4 py-4">
      <div className="text-xs text-ink-soft">
        <BackLink path="/automations" label={words.automations.all} />
      </div>
      <header className="flex min-w-0 flex-col gap-1">
        <h2 className="flex flex-wrap items-center gap-2 text-lg font-semibold wrap-anywhere">
          {words.automations.title(kind, name)}
          <AutomationState automation={automation} />
        </h2>
        <p className="wrap-anywhere">{describePlace(automation, names.connector(connectorOf(automation)))}</p>
        {reason !== null && <p className={automation.status === 'blocked' ? 'text-warning' : 'text-ink-soft'}>{reason.message}</p>}
        {kind === 'export' && <p className="text-ink-soft">{words.automations.exportText}</p>}
        <p className="flex flex-wrap gap-3 text-xs text-ink-soft">
          <Link to="/indexes/$indexId" params={{ indexId: index }} className="underline hover:text-ink">
            {words.automations.openIndex}
          </Link>
          {kind === 'import' && (
            <Link to="/imports" search={{ index, automatic: true }} className="underline hover:text-ink">
              {words.automations.itsImports}
            </Link>
          )}
        </p>
      </header>
      <AutomationActions automation={automation} name={name} />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <History automation={automation} />
        <AutomationSettings automation={automation} />
      </div>
    </div>
  );
}
