import { Link } from '@tanstack/react-router';

import { formatBytes } from '@/components/numbers/format';
import { formatDateTime } from '@/components/time/format';
import { type Fact, FactsPanel } from '@/components/ui/layout/facts-panel';
import { RunLink, TargetLink, useDestinationName, useTargetName } from '@/pages/exports/export-names';
import { chosenRunsOf } from '@/pages/exports/export-state';
import type { Export } from '@/pages/exports/queries';
import { words } from '@/words/en';

const { page: text, formats, scopes } = words.exports;

/** What an export contains, where it goes, and when. */
export function ExportFacts({ found }: { found: Export }) {
  const { name } = useTargetName(found);
  const { format, file_size_bytes: size, progress } = found;
  const facts: Fact[] = [
    { name: text.results, value: <TargetLink target={found} /> },
    ...(found.export_type === 'index' ? [{ name: text.which, value: <Runs found={found} name={name} /> }] : []),
    { name: text.scope, value: scopes[found.result_scope] },
    ...(progress.segments === null ? [] : [{ name: text.segments, value: progress.segments.toLocaleString() }]),
    { name: text.format, value: found.include_embeddings ? `${formats[format].name}, ${words.exports.embeddings.toLowerCase()}` : formats[format].name },
    ...(size === null ? [] : [{ name: text.size, value: <span title={`${size.toLocaleString()} B`}>{formatBytes(size)}</span> }]),
    { name: text.destination, value: <Destination found={found} /> },
    ...times(found),
    { name: text.id, value: <code className="text-xs">{found.export_id}</code> },
  ];
  return <FactsPanel title={text.settings} facts={facts} />;
}

function times({ created_at: created, completed_at: completed, expires_at: expires }: Export): Fact[] {
  const named = [
    { name: text.created, at: created },
    { name: text.completed, at: completed },
    { name: text.keptUntil, at: expires },
  ];
  return named.flatMap(({ name, at }) =>
    at === null
      ? []
      : [
          {
            name,
            value: (
              <time dateTime={at} title={at}>
                {formatDateTime(at)}
              </time>
            ),
          },
        ],
  );
}

/** The runs of an export of an index. */
function Runs({ found, name }: { found: Export; name: string }) {
  const chosen = chosenRunsOf(found);
  if (chosen.length === 0) return <>{text.everyRun(name)}</>;
  return (
    <ul className="flex flex-col gap-1">
      {chosen.map((runId) => (
        <li key={runId}>
          <RunLink runId={runId} />
        </li>
      ))}
    </ul>
  );
}

/** Where the file goes. The folder of a store can be opened. */
function Destination({ found }: { found: Export }) {
  const name = useDestinationName(found);
  const { destination_connector_id: connector, destination_base_path: base, destination_subpath: path } = found;
  if (connector === null) return <>{name}</>;
  const folder = [base, path].filter((part) => part !== null && part !== '').map((part) => `${part}/`).join('');
  return (
    <>
      {name}
      <Link to="/connections" search={{ connector, ...(folder === '' ? {} : { folder }) }} className="block text-xs underline">
        {text.openFolder}
      </Link>
    </>
  );
}
