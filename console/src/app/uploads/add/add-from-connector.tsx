import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { api, type Models, unwrap } from '@/api/client';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { Select } from '@/components/ui/forms/select';
import { words } from '@/words/en';

import { addressIn } from './folder-level';
import { RefusedSources } from './refused-sources';
import { startImports } from './start-imports';
import { StoreBrowser } from './store-browser';

interface AddFromConnectorProps {
  /** Returns the index to import into. It creates a new one. */
  resolveIndex: () => Promise<string | null>;
  disabled: boolean;
  onStarted: () => void;
  /** The index that is chosen; undefined for the playground, and for one that is still to be created. */
  index: string | undefined;
}

/** The choice of files in a store of the reader's. Each file is one import. */
export function AddFromConnector(props: AddFromConnectorProps) {
  const connectors = useQuery({ queryKey: ['connectors'], queryFn: ({ signal }) => unwrap(api.GET('/api/v2/connectors', { signal })) });
  if (connectors.isPending) return <SkeletonRows rows={3} />;
  if (connectors.isError) return <ProblemNotice error={connectors.error} onRetry={() => void connectors.refetch()} />;
  const usable = connectors.data.filter(({ scopes }) => scopes.includes('import'));
  const [first] = usable;
  if (first === undefined) {
    return (
      <EmptyState title={words.uploads.noConnectorTitle} text={words.uploads.noConnectorText}>
        <Link to="/connections" className="text-accent underline">
          {words.uploads.toConnections}
        </Link>
      </EmptyState>
    );
  }
  return <ChooseFiles connectors={usable} first={first} {...props} />;
}

interface ChooseFilesProps extends AddFromConnectorProps {
  connectors: readonly Models['Connector'][];
  first: Models['Connector'];
}

function ChooseFiles({ connectors, first, resolveIndex, disabled, onStarted, index }: ChooseFilesProps) {
  const [id, setId] = useState(first.connector_id);
  const [prefix, setPrefix] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const connector = connectors.find(({ connector_id }) => connector_id === id) ?? first;
  const start = useMutation({
    mutationFn: async () => {
      const sources = [...chosen].map((path) => ({ uri: addressIn(connector, path), title: path.slice(-255), connectorId: id }));
      return startImports(sources, await resolveIndex());
    },
    onSuccess: (refused) => {
      setChosen(new Set([...chosen].filter((path) => refused.some(({ source }) => source.uri === addressIn(connector, path)))));
      if (refused.length === 0) onStarted();
    },
  });
  return (
    <div className="flex flex-col gap-3">
      <Select
        label={words.uploads.connector}
        value={id}
        onChange={(next) => {
          setId(next);
          setPrefix('');
          setChosen(new Set());
        }}
        options={connectors.map(({ connector_id, name }) => ({ value: connector_id, label: name }))}
      />
      <StoreBrowser key={id} connectorId={id} prefix={prefix} onPrefix={setPrefix} chosen={chosen} onChosen={setChosen} />
      <Link to="/imports/new" search={{ connector: id, prefix: prefix === '' ? undefined : prefix, index }} onClick={onStarted} className="self-start text-accent underline">
        {words.imports.wholeFolders}
      </Link>
      {start.isError && <ProblemNotice error={start.error} />}
      {start.data !== undefined && <RefusedSources refused={start.data} />}
      <Button look="primary" className="self-end" disabled={disabled || chosen.size === 0 || start.isPending} onClick={() => start.mutate()}>
        {words.uploads.importFiles(chosen.size)}
      </Button>
    </div>
  );
}
