import { Link } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';

import { useMay } from '@/app/session/session';
import { formatDateTime } from '@/components/time/format';
import { Button } from '@/components/ui/button';
import { Badge } from '@/components/ui/feedback/badge';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { StatusMark } from '@/components/ui/feedback/status-mark';
import { IconButton } from '@/components/ui/icon-button';
import { ContextMenu, Menu, type MenuEntry } from '@/components/ui/overlays/menu';
import { useConnectionsAddress } from '@/pages/connections/address';
import { words } from '@/words/en';

import { DeleteConnectorDialog } from './delete-connector-dialog';
import { EditConnectorDialog } from './edit-connector-dialog';
import { type Connector, useConnectorTest } from './queries';

/** A connector: its store, what it may do, its last test, and what can be done with it. */
export function ConnectorRow({ connector }: { connector: Connector }) {
  const { open } = useConnectionsAddress();
  const test = useConnectorTest();
  const mayWrite = useMay('write');
  const mayDelete = useMay('admin');
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  const close = (isOpen: boolean) => { if (!isOpen) setDialog(null); };
  const browse = () => open({ connector: connector.connector_id });
  const changes: MenuEntry[] = [
    { label: words.connections.editConnector, onSelect: () => setDialog('edit') },
    ...(mayDelete ? [{ label: words.connections.deleteConnector, onSelect: () => setDialog('delete'), danger: true }] : []),
  ];
  const canBrowse = connector.scopes.includes('import');
  const content = (
    <>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
          <h2 className="truncate text-base font-semibold" title={connector.name}>
            {connector.name}
          </h2>
          <p className="flex flex-wrap items-center gap-2 text-ink-soft">
            <span className="wrap-anywhere">
              {words.connections.providers[connector.provider]} · {placeOf(connector)}
            </span>
            {connector.scopes.map((scope) => (
              <Badge key={scope}>{words.connections.scopes[scope]}</Badge>
            ))}
          </p>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          {canBrowse && (
            <Button onClick={browse}>{words.connections.browse}</Button>
          )}
          {canBrowse && mayWrite && (
            <Link
              to="/imports/new"
              search={{ connector: connector.connector_id }}
              className="inline-flex h-8 items-center rounded-md border border-line-strong px-3 text-sm font-medium whitespace-nowrap hover:bg-raised"
            >
              {words.imports.fromStore}
            </Link>
          )}
          {mayWrite && (
            <Button disabled={test.isPending} onClick={() => test.mutate(connector.connector_id)}>
              {test.isPending ? words.connections.testing : words.connections.test}
            </Button>
          )}
          {mayWrite && (
            <Menu
              trigger={<IconButton icon={Ellipsis} label={words.connections.moreOf(connector.name)} />}
              entries={changes}
            />
          )}
        </div>
      </div>
      <LastTest connector={connector} />
      {test.error !== null && <ProblemNotice error={test.error} />}
    </>
  );
  return (
    <li className="rounded-md border border-line" aria-label={connector.name}>
      <ContextMenu
        className="flex flex-col gap-3 p-4"
        entries={[
          ...(canBrowse ? [{ label: words.connections.browse, onSelect: browse }] : []),
          ...(mayWrite ? [{ label: words.connections.test, onSelect: () => test.mutate(connector.connector_id) }, ...changes] : []),
        ]}
      >
        {content}
      </ContextMenu>
      <EditConnectorDialog open={dialog === 'edit'} onOpenChange={close} connector={connector} />
      <DeleteConnectorDialog open={dialog === 'delete'} onOpenChange={close} connector={connector} />
    </li>
  );
}

function LastTest({ connector }: { connector: Connector }) {
  const { last_tested_at: testedAt, last_test_error: error } = connector;
  if (testedAt === null) {
    return (
      <p className="flex items-center gap-2 text-ink-soft">
        <StatusMark status="waiting" label={words.connections.untested} />
        {words.connections.untestedText}
      </p>
    );
  }
  const failed = error !== null;
  return (
    <p role="status" className="flex items-start gap-2">
      <span className="mt-0.5">
        <StatusMark
          status={failed ? 'failed' : 'ready'}
          label={failed ? words.connections.testFailed : words.connections.testSucceeded}
        />
      </span>
      <span className="min-w-0 wrap-anywhere">
        {failed ? error : words.connections.permits(connector.scopes.map((scope) => words.connections.permissions[scope]).join(', '))}{' '}
        <time dateTime={testedAt} title={testedAt} className="text-ink-soft">
          {words.connections.testedAt(formatDateTime(testedAt))}
        </time>
      </span>
    </p>
  );
}

function placeOf(connector: Connector): string {
  const container = connector.bucket ?? connector.container ?? '';
  const owner = connector.region ?? connector.gcp_project_id ?? connector.storage_account;
  return owner === null ? container : `${container} (${owner})`;
}
