import { Link } from '@tanstack/react-router';

import { type Fact, FactsPanel } from '@/components/ui/layout/facts-panel';
import { useConnectors } from '@/pages/connections/connectors/queries';
import type { ImportJob } from '@/pages/imports/queries';
import { words } from '@/words/en';

const { settings: text } = words.imports;

/** What an import was told to do, and what started it. */
export function ImportSettings({ job }: { job: ImportJob }) {
  const connectors = useConnectors();
  const { connector_id: id, target_index_id: indexId, automation_id: automation, import_mode: mode } = job;
  const connector = connectors.data?.find((each) => each.connector_id === id);
  const rows: Fact[] = [{ name: text.source, value: text.kinds[job.source_kind] ?? job.source_kind }];
  if (id != null) {
    rows.push({
      name: words.imports.connector,
      value:
        connector === undefined ? (
          words.imports.deletedConnector
        ) : (
          <Link to="/connections" search={{ connector: id, folder: folderOf(job.source_prefix) }} className="underline">
            {connector.name}
          </Link>
        ),
    });
  }
  if (mode != null) {
    rows.push(
      { name: words.imports.prefix, value: job.source_prefix === '' ? text.everything : job.source_prefix },
      { name: words.imports.pattern, value: <code>{job.file_pattern}</code> },
      { name: text.folders, value: job.recursive ? text.deep : text.flat },
      { name: words.imports.mode, value: words.imports.modes[mode] },
    );
  }
  if (automation !== null && indexId !== null) {
    rows.push({
      name: text.startedBy,
      value: (
        <Link to="/automations" search={{ index: indexId, kind: 'import' }} className="underline">
          {text.automation}
        </Link>
      ),
    });
  }
  return <FactsPanel title={text.title} facts={rows} />;
}

/** Return the folder that a prefix lies in, as the browser of a store opens it. */
function folderOf(prefix = ''): string | undefined {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  return folder === '' ? undefined : folder;
}
