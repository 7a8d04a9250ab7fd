import { Link } from '@tanstack/react-router';

import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { Checkbox } from '@/components/ui/forms/checkbox';
import { Select } from '@/components/ui/forms/select';
import { TextField } from '@/components/ui/forms/text-field';
import { useConnectors } from '@/pages/connections/connectors/queries';
import { words } from '@/words/en';

import type { Selection } from './selection';

interface SelectionFieldsProps {
  selection: Selection;
  onChange: (selection: Selection) => void;
  errors: Readonly<Record<string, string>>;
}

/** The choice of files of a store: connector, prefix, pattern, folders. */
export function SelectionFields({ selection, onChange, errors }: SelectionFieldsProps) {
  const { data, error, refetch } = useConnectors();
  if (data === undefined) return error === null ? <SkeletonRows rows={3} /> : <ProblemNotice error={error} onRetry={() => void refetch()} />;
  const usable = data.filter(({ scopes }) => scopes.includes('import'));
  const change = (part: Partial<Selection>) => onChange({ ...selection, ...part });
  if (usable.length === 0) {
    return (
      <p className="text-ink-soft">
        {words.imports.noConnector}{' '}
        <Link to="/connections" className="text-accent underline">
          {words.uploads.toConnections}
        </Link>
      </p>
    );
  }
  return (
    <>
      <Select
        label={words.imports.connector}
        placeholder={words.imports.chooseConnector}
        value={usable.some(({ connector_id: id }) => id === selection.connectorId) ? selection.connectorId : null}
        onChange={(connectorId) => change({ connectorId })}
        options={usable.map(({ connector_id: value, name: label }) => ({ value, label }))}
      />
      <TextField
        label={words.imports.prefix}
        hint={words.imports.prefixHint}
        value={selection.prefix}
        onValueChange={(prefix) => change({ prefix })}
        error={errors.source_prefix ?? errors.prefix}
        spellCheck={false}
        autoComplete="off"
      />
      <TextField
        label={words.imports.pattern}
        hint={words.imports.patternHint}
        value={selection.pattern}
        onValueChange={(pattern) => change({ pattern })}
        error={errors.file_pattern ?? errors.pattern}
        spellCheck={false}
        autoComplete="off"
      />
      <Checkbox label={words.imports.recursive} checked={selection.recursive} onChange={(recursive) => change({ recursive })} />
    </>
  );
}
