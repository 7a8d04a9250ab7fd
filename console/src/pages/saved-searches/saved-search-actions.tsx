import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/app/session/session';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { ConfirmDialog } from '@/components/ui/overlays/confirm-dialog';
import { words } from '@/words/en';

import { FloorForm } from './floor-form';
import { type SavedSearch, useSavedSearchChange, useSavedSearchDeletion, useSavedSearchTest } from './queries';
import { SegmentLinks } from './segment-links';

/** What can be done with a saved search, and what it matches now. */
export function SavedSearchActions({ search }: { search: SavedSearch }) {
  const mayWrite = useMay('write');
  const mayDelete = useMay('admin');
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const test = useSavedSearchTest(search.saved_search_id);
  const change = useSavedSearchChange(search.saved_search_id);
  const deletion = useSavedSearchDeletion(search.saved_search_id, () => void navigate({ to: '/saved-searches', replace: true }));
  const isEnabled = search.status === 'enabled';
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button disabled={test.isPending} onClick={() => test.mutate()}>
          {words.savedSearches.test}
        </Button>
        {mayWrite && (
          <Button disabled={change.isPending} onClick={() => change.mutate({ status: isEnabled ? 'paused' : 'enabled' })}>
            {isEnabled ? words.savedSearches.pause : words.savedSearches.enable}
          </Button>
        )}
        {mayDelete && (
          <Button look="danger" onClick={() => setAsking(true)}>
            {words.savedSearches.delete}
          </Button>
        )}
      </div>
      {mayWrite && search.threshold !== null && (
        <FloorForm
          floor={search.threshold}
          isPending={change.isPending}
          onChange={(threshold) => change.mutate({ threshold }, { onSuccess: () => test.mutate() })}
        />
      )}
      {test.data !== undefined && (
        <section aria-label={words.savedSearches.matchesNow} className="flex flex-col gap-2 rounded-md border border-line p-4">
          <p role="status">{words.savedSearches.found(test.data.segments.length, test.data.has_more)}</p>
          <SegmentLinks segments={test.data.segments} />
        </section>
      )}
      {test.error !== null && <ProblemNotice error={test.error} />}
      {change.error !== null && <ProblemNotice error={change.error} />}
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={words.savedSearches.deleteTitle(search.name)}
        confirmLabel={words.savedSearches.delete}
        pending={deletion.isPending}
        error={deletion.error}
        onConfirm={() => deletion.mutate()}
      >
        <p>{words.savedSearches.deleteGoes}</p>
      </ConfirmDialog>
    </div>
  );
}
