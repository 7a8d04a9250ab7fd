import { Link } from '@tanstack/react-router';
import { ArrowLeft, File as FileIcon, Folder } from 'lucide-react';
import { VList } from 'virtua';

import { useMay } from '@/app/session/session';
import { formatBytes } from '@/components/numbers/format';
import { formatDateTime } from '@/components/time/format';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copying/copy-button';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { useConnectionsAddress } from '@/pages/connections/address';
import { words } from '@/words/en';

import { type Connector, useStoreFiles } from './queries';
import { levelOf, type StoreEntry, type StoreFile, wayTo } from './store-level';

interface StoreBrowserProps {
  connectorId: string;
  /** Undefined if there is no such connector. */
  connector: Connector | undefined;
}

/** The folders and files of a connector's store. */
export function StoreBrowser({ connectorId, connector }: StoreBrowserProps) {
  const { search, open } = useConnectionsAddress();
  const mayWrite = useMay('write');
  const folder = search.folder ?? '';
  const show = (next: string) => open(next === '' ? { connector: connectorId } : { connector: connectorId, folder: next });
  return (
    <div className="flex h-full min-h-96 flex-col gap-3 py-4">
      <div className="flex flex-wrap items-center gap-2">
        <Button look="quiet" onClick={() => open({ tab: 'connectors' })}>
          <ArrowLeft size={16} aria-hidden />
          {words.connections.allConnectors}
        </Button>
        <nav aria-label={words.connections.way} className="flex min-w-0 flex-wrap items-center gap-1">
          <Button look="quiet" className="px-1" onClick={() => show('')}>
            {connector?.name ?? connectorId}
          </Button>
          {wayTo(folder).map(({ path, name }) => (
            <span key={path} className="flex min-w-0 items-center gap-1">
              <span aria-hidden className="text-ink-soft">/</span>
              <Button look="quiet" className="max-w-60 px-1" onClick={() => show(path)}>
                <span className="truncate">{name}</span>
              </Button>
            </span>
          ))}
        </nav>
        {mayWrite && connector !== undefined && (
          <Link
            to="/imports/new"
            search={{ connector: connectorId, ...(folder === '' ? {} : { prefix: folder }) }}
            className="ml-auto inline-flex h-8 items-center rounded-md border border-line-strong px-3 text-sm font-medium whitespace-nowrap hover:bg-raised"
          >
            {folder === '' ? words.imports.fromWholeStore : words.imports.fromFolder}
          </Link>
        )}
      </div>
      {connector === undefined ? (
        <EmptyState title={words.connections.noSuchConnector} />
      ) : (
        <Level connector={connector} folder={folder} onOpen={show} />
      )}
    </div>
  );
}

interface LevelProps {
  connector: Connector;
  folder: string;
  onOpen: (folder: string) => void;
}

function Level({ connector, folder, onOpen }: LevelProps) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useStoreFiles(connector.connector_id, folder);
  if (data === undefined) {
    return error === null ? <SkeletonRows /> : <ProblemNotice error={error} onRetry={() => void refetch()} />;
  }
  const entries = levelOf(folder, data.pages.flat());
  if (entries.length === 0) return <EmptyState title={words.connections.emptyFolder} text={words.connections.emptyFolderText} />;
  return (
    <>
      <div className="min-h-0 flex-1 rounded-md border border-line">
        <VList role="list" aria-label={words.connections.files} tabIndex={0} className="h-full">
          {entries.map((entry) => (
            <EntryRow key={entry.kind === 'folder' ? entry.path : entry.file.path} entry={entry} folder={folder} connector={connector} onOpen={onOpen} />
          ))}
        </VList>
      </div>
      {error !== null && <ProblemNotice error={error} onRetry={() => void fetchNextPage()} />}
      <div className="flex items-center justify-between gap-2 text-ink-soft">
        <span>{hasNextPage ? words.connections.shownAtLeast(entries.length) : words.connections.shown(entries.length)}</span>
        {hasNextPage && (
          <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {words.connections.showMore}
          </Button>
        )}
      </div>
    </>
  );
}

interface EntryRowProps {
  entry: StoreEntry;
  folder: string;
  connector: Connector;
  onOpen: (folder: string) => void;
}

const rowLook = 'flex h-10 w-full items-center gap-2 border-b border-line px-3 text-left';

function EntryRow({ entry, folder, connector, onOpen }: EntryRowProps) {
  if (entry.kind === 'folder') {
    return (
      <div role="listitem">
        <button type="button" className={`${rowLook} -outline-offset-2 hover:bg-raised`} onClick={() => onOpen(entry.path)}>
          <Folder size={16} aria-hidden className="shrink-0 text-accent" />
          <span className="truncate">{entry.name}</span>
        </button>
      </div>
    );
  }
  const { file } = entry;
  return (
    <div role="listitem" className={rowLook}>
      <FileIcon size={16} aria-hidden className="shrink-0 text-ink-soft" />
      <span className="min-w-0 flex-1 truncate" title={file.path}>
        {file.problem === null ? file.name : file.path.slice(folder.length)}
      </span>
      {file.problem !== null && <span className="shrink-0 text-warning">{words.imports.unreadableName}</span>}
      <span className="shrink-0 text-ink-soft">{formatBytes(file.size_bytes)}</span>
      <time dateTime={file.last_modified} title={file.last_modified} className="hidden w-44 shrink-0 text-right text-ink-soft md:block">
        {formatDateTime(file.last_modified)}
      </time>
      <CopyButton text={addressOf(connector, file)} label={words.connections.copyAddress(file.name)} />
    </div>
  );
}

const schemes = { s3: 's3', gcs: 'gs', azure: 'az' } as const;

/** Return the address of a file, as an import takes it. */
function addressOf(connector: Connector, file: StoreFile): string {
  return `${schemes[connector.provider]}://${connector.bucket ?? connector.container ?? ''}/${file.path}`;
}
