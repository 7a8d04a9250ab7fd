import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Bell } from 'lucide-react';
import { useState } from 'react';

import { api, type Models, unwrap } from '@/api/client';
import { useMay } from '@/app/session/session';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { NumberField } from '@/components/ui/forms/number-field';
import { Select } from '@/components/ui/forms/select';
import { TextField } from '@/components/ui/forms/text-field';
import { Dialog } from '@/components/ui/overlays/dialog';
import type { SearchAddress } from '@/pages/search/search-address';
import { words } from '@/words/en';

import { obstacleTo, savedSearchBody, type ScoredSpace } from './saved-search-body';

interface SaveSearchProps {
  address: SearchAddress;
  /** The ids of the indexes of the reader's own, once they are known. */
  indexIds: readonly string[] | undefined;
}

/** The way to saved searches, and the button that saves the search of the page so that new matches raise an alert. */
export function SaveSearch({ address, indexIds = [] }: SaveSearchProps) {
  const mayRead = useMay('read');
  const mayWrite = useMay('write');
  const [isSaving, setSaving] = useState(false);
  const obstacle = obstacleTo(address, indexIds);
  if (!mayRead) return null;
  return (
    <>
      <Link to="/saved-searches" className="whitespace-nowrap text-ink-soft underline hover:text-ink">
        {words.savedSearches.title}
      </Link>
      {mayWrite && obstacle !== 'nothing-sought' && (
        <Button onClick={() => setSaving(true)}>
          <Bell size={16} aria-hidden />
          {words.savedSearches.save}
        </Button>
      )}
      <Dialog
        open={isSaving}
        onOpenChange={setSaving}
        title={words.savedSearches.saveTitle}
        description={obstacle === null || obstacle === 'nothing-sought' ? words.savedSearches.saveText : words.savedSearches.obstacles[obstacle]}
      >
        {obstacle === null && <SaveForm address={address} indexIds={indexIds} />}
      </Dialog>
    </>
  );
}

const spaces: readonly ScoredSpace[] = ['text', 'picture', 'words'];

function SaveForm({ address, indexIds }: { address: SearchAddress; indexIds: readonly string[] }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(address.q ?? '');
  const [space, setSpace] = useState<ScoredSpace>('text');
  const [minScore, setMinScore] = useState<number | null>(0.4);
  const creation = useMutation({
    mutationFn: (body: Models['CreateSavedSearchRequest']) => unwrap(api.POST('/api/v2/saved-searches', { body })),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ['saved-searches'] });
      await navigate({ to: '/saved-searches', search: { id: made.saved_search_id } });
    },
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (minScore !== null) creation.mutate(savedSearchBody(address, indexIds, { name, space, minScore }));
      }}
    >
      <TextField label={words.savedSearches.name} value={name} onValueChange={setName} maxLength={100} required autoComplete="off" />
      {address.q !== undefined && (
        <>
          <Select
            label={words.savedSearches.space}
            value={space}
            onChange={setSpace}
            options={spaces.map((value) => ({ value, label: words.savedSearches.spaceOptions[value] }))}
          />
          <NumberField
            label={words.savedSearches.minScore}
            hint={words.savedSearches.minScoreHint}
            value={minScore}
            onChange={setMinScore}
            min={0}
            max={1}
            step={0.01}
          />
        </>
      )}
      {address.index === undefined && <p className="text-xs text-ink-soft">{words.savedSearches.allIndexes(indexIds.length)}</p>}
      {creation.error !== null && <ProblemNotice error={creation.error} />}
      <footer className="flex justify-end">
        <Button type="submit" look="primary" disabled={creation.isPending || minScore === null || name.trim() === ''}>
          {words.savedSearches.save}
        </Button>
      </footer>
    </form>
  );
}
