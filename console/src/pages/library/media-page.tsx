import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useCallback, useMemo, useState } from 'react';

import { useMay } from '@/app/session/session';
import { useRowKeys } from '@/app/shortcuts/use-row-keys';
import { CutListButton } from '@/components/cut-lists/cut-list-button';
import type { CutListSource } from '@/components/cut-lists/cut-list-request';
import type { MarkerFilter } from '@/components/markers/marker-colors';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { PageHeader } from '@/components/ui/layout/page-header';
import type { MenuEntry } from '@/components/ui/overlays/menu-items';
import { words } from '@/words/en';

import { DeleteMediaDialog } from './deletion/delete-media-dialog';
import { ImportsNotice } from './imports-notice';
import { type SheetSearch, tileWidths, usualDensity } from './library-search';
import { arrange, needsWhole } from './media/arrange';
import type { Medium } from './media/medium';
import { type IndexId, useMedia } from './media/use-media';
import { SelectionActions } from './selection-actions';
import { ContactSheet } from './sheet/contact-sheet';
import { keepKnown, nothingSelected, type Selection, toggleOne } from './sheet/selection';
import { SheetControls } from './sheet/sheet-controls';
import { SheetSkeleton } from './sheet/sheet-skeleton';
import { UnprocessedNotice } from './unprocessed-notice';

interface MediaPageProps {
  indexId: IndexId;
  title: string;
  search: SheetSearch;
  /** Whether nobody can change the index. */
  isReadOnly: boolean;
  above: ReactNode;
  /** The buttons of the page. */
  actions: ReactNode;
  /** What the page shows while there are no media. */
  empty: ReactNode;
}

/** The media of an index or of the playground as one contact sheet. */
export function MediaPage({ indexId, title, search, isReadOnly, above, actions, empty }: MediaPageProps) {
  const navigate = useNavigate();
  const list = useMedia({ indexId, marker: search.marker });
  useRowKeys();
  const mayChange = useMay('write') && !isReadOnly;
  const [chosen, setChosen] = useState<Selection>(nothingSelected);
  const all = useMemo(() => list.data?.media ?? [], [list.data]);
  const media = useMemo(() => arrange(all, search), [all, search]);
  const selection = useMemo(() => keepKnown(chosen, new Set(all.map(({ id }) => id))), [chosen, all]);
  const changeSelection = useCallback((change: (before: Selection) => Selection) => setChosen(change), []);
  const isComplete = list.data?.complete ?? false;
  const mayDelete = useMay('admin') && !isReadOnly;
  const [toDelete, setToDelete] = useState<Medium | null>(null);
  const menuOf = (medium: Medium): MenuEntry[] => [
    { label: words.library.open, onSelect: () => void navigate({ to: '/media/$videoId', params: { videoId: medium.id } }) },
    ...(mayChange
      ? [
          { label: words.library.selectOne, keys: 'x', onSelect: () => setChosen((before) => toggleOne(before, medium.id)) },
          { label: words.library.runPrompt, onSelect: () => void navigate({ to: '/runs/new', search: { video: [medium.id] } }) },
        ]
      : []),
    ...(mayDelete ? [{ label: words.library.deleteMedia(1), danger: true, onSelect: () => setToDelete(medium) }] : []),
  ];

  const marked = search.marker === undefined || indexId === null ? null : markedSource(indexId, search.marker);
  const pageActions = (
    <>
      {marked !== null && <CutListButton source={marked} title={words.markers.cutListTitle(title)} label={words.markers.cutList} />}
      {actions}
    </>
  );

  const body = () => {
    if (list.isError && list.data === undefined) {
      return (
        <div className="p-4">
          <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
        </div>
      );
    }
    if (list.data === undefined) return <SheetSkeleton leastWidth={tileWidths[search.density ?? usualDensity] ?? tileWidths[usualDensity]} />;
    if (all.length === 0 && search.marker === undefined) return empty;
    if (media.length === 0) return <EmptyState title={words.library.noMatchTitle} text={isComplete ? words.library.noMatchText : words.library.stillLoading} />;
    return (
      <ContactSheet
        label={title}
        media={media}
        leastWidth={tileWidths[search.density ?? usualDensity] ?? tileWidths[usualDensity]}
        selection={selection}
        onSelection={mayChange ? changeSelection : undefined}
        menuOf={menuOf}
      />
    );
  };

  return (
    <div className="relative flex h-full flex-col">
      <PageHeader title={title} above={above} detail={<Count shown={media.length} all={all.length} isComplete={isComplete} search={search} />} actions={pageActions} />
      {(all.length > 0 || search.marker !== undefined) && <SheetControls search={search} onChange={(next) => void navigate({ to: '.', search: next, replace: true })} />}
      <ImportsNotice indexId={indexId} />
      {mayChange && isComplete && search.marker === undefined && <UnprocessedNotice indexId={indexId} media={all} />}
      {body()}
      {selection.ids.size > 0 && (
        <SelectionActions media={all.filter(({ id }) => selection.ids.has(id))} onClear={() => setChosen(nothingSelected)} />
      )}
      <DeleteMediaDialog
        open={toDelete !== null}
        onOpenChange={(open) => {
          if (!open) setToDelete(null);
        }}
        ids={toDelete === null ? [] : [toDelete.id]}
        title={toDelete?.title}
        onDeleted={() => setToDelete(null)}
      />
    </div>
  );
}

/** The cut list of what is marked in an index. */
function markedSource(indexId: string, marker: MarkerFilter): CutListSource {
  return { type: 'markers', index_id: indexId, color: marker === 'any' ? null : marker };
}

function Count({ shown, all, isComplete, search }: { shown: number; all: number; isComplete: boolean; search: SheetSearch }) {
  const text = shown === all ? words.library.count(all) : words.library.countOf(shown, all);
  return (
    <span role="status">
      {isComplete ? text : words.library.loadingMore(all)}
      {!isComplete && needsWhole(search) && all > 0 && ` ${words.library.orderPending}`}
    </span>
  );
}
