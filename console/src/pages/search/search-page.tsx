import { getRouteApi } from '@tanstack/react-router';
import { Film, Rows3 } from 'lucide-react';
import { useCallback, useMemo } from 'react';

import { useDocumentTitle } from '@/app/document-title';
import { present } from '@/app/search-values';
import { useMay } from '@/app/session/session';
import { MarkerFilterChips } from '@/components/markers/marker-filter';
import { CopyAs } from '@/components/ui/copying/copy-as';
import { SegmentedControl } from '@/components/ui/forms/segmented-control';
import { words } from '@/words/en';

import { ConditionBar } from './conditions/condition-bar';
import type { SearchField } from './conditions/conditions';
import type { HitContext } from './hits/hit-card';
import { queryWords } from './hits/matched-words';
import { SearchResults } from './hits/search-results';
import { PictureChip } from './picture/picture-chip';
import { pictureSearchOf } from './picture/picture-search';
import { usePictureDrop } from './picture/use-picture-drop';
import { copiedRequest } from './requests/copied-request';
import { useSearch, useSearchPicture } from './requests/use-search';
import { SaveSearch } from './saving/save-search';
import { SearchScope } from './scope/search-scope';
import { useIndexes, useSearchFields } from './scope/use-scope';
import type { Arrangement, SearchAddress } from './search-address';
import { SearchBox } from './search-box';
import { SearchNotes } from './search-notes';

const route = getRouteApi('/shell/search');

/** The search page: the box, the scope, the conditions and the hits. Its address is the whole search. */
export function SearchPage() {
  const address = route.useSearch();
  useDocumentTitle(address.q ?? words.search.title);
  const mayRead = useMay('read');
  const change = useAddressChange();
  const indexes = useIndexes();
  const indexIds = useMemo(() => indexes.data?.map((index) => index.index_id), [indexes.data]);
  const ownIds = useMemo(() => indexes.data?.filter((index) => !index.is_default).map((index) => index.index_id), [indexes.data]);
  const scope = { address, indexIds };
  const fields = useSearchFields(scope);
  const picture = useSearchPicture(address.picture);
  const search = useSearch({ address, indexIds, picture, ofMedia: areOfMedia(address, fields.data) });
  const takePicture = (file: File) => change(pictureSearchOf({ file }));
  const isOver = usePictureDrop(takePicture);
  const context = useHitContext(address, search.applied, fields.data, indexes.data);
  const request = copiedRequest(address, search.plan);
  return (
    <div className={`flex h-full min-h-0 flex-col ${isOver ? 'outline-2 -outline-offset-4 outline-accent' : ''}`}>
      <h1 className="sr-only">{words.search.title}</h1>
      <div className="flex flex-col gap-3 p-4">
        <div className="flex items-center gap-2">
          {address.picture !== undefined && (
            <PictureChip file={picture.data?.file} onRemove={() => change({ picture: undefined })} />
          )}
          <SearchBox value={address.q ?? ''} onChange={(q) => change({ q: q.trim() === '' ? undefined : q })} onPicture={takePicture} />
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <SearchScope
            address={address}
            indexes={indexes.data ?? []}
            onChange={(scope) => change({ index: undefined, run: undefined, ...scope })}
          />
          <ConditionBar
            conditions={address.filter ?? []}
            fields={fields.data ?? []}
            scope={scope}
            onChange={(filter) => change({ filter: filter.length > 0 ? filter : undefined })}
          />
          {mayRead && <MarkerFilterChips value={address.marker} onChange={(marker) => change({ marker })} />}
          <span className="contents md:ml-auto md:flex md:items-center md:gap-2">
            <SaveSearch address={address} indexIds={ownIds} />
            {request !== null && <CopyAs request={request} />}
            <SegmentedControl<Arrangement>
              label={words.search.arrangement}
              value={address.show ?? 'media'}
              onChange={(show) => change({ show: show === 'media' ? undefined : show })}
              options={[
                { value: 'media', label: words.search.byMedium, icon: Film },
                { value: 'moments', label: words.search.byMoment, icon: Rows3 },
              ]}
            />
          </span>
        </div>
        <SearchNotes plan={search.plan} pictureIsMissing={picture.isMissing} />
      </div>
      <SearchResults
        search={search}
        error={indexes.error ?? picture.error ?? search.error}
        onRetry={() => void Promise.all([indexes.refetch(), picture.isNamed ? picture.refetch() : null, search.refetch()])}
        context={context}
        byMedium={address.show !== 'moments'}
        words={address.q ?? ''}
        index={address.index}
      />
    </div>
  );
}

type AddressChange = { [Part in keyof SearchAddress]: SearchAddress[Part] | undefined };

/** Return a function that changes parts of the address; undefined takes a part out. Typing adds no history. */
function useAddressChange() {
  const navigate = route.useNavigate();
  return useCallback(
    (changed: AddressChange) => {
      void navigate({
        replace: true,
        search: (now) => {
          const parts: [string, unknown][] = Object.entries({ ...now, ...changed });
          return Object.fromEntries(parts.filter(([, value]) => value !== undefined));
        },
      });
    },
    [navigate],
  );
}

/** Return whether all conditions are on fields that only results of whole media have. */
function areOfMedia({ filter = [] }: SearchAddress, fields: readonly SearchField[] = []): boolean {
  const levels = filter.map((condition) => fields.filter((field) => field.field === condition.field).map((field) => field.level));
  return levels.length > 0 && levels.every((found) => found.length > 0 && found.every((level) => level === 'video'));
}

function useHitContext(
  address: SearchAddress,
  conditions: HitContext['conditions'],
  fields: readonly SearchField[] | undefined,
  indexes: ReturnType<typeof useIndexes>['data'],
): HitContext {
  const opens = useMay('read');
  const { q = '', show, picture } = address;
  return useMemo(
    () => ({
      words: queryWords(q),
      conditions,
      labels: new Map(fields?.map((field) => [field.field, field.label])),
      opens,
      showsMedium: show === 'moments',
      unchangeable: new Set(indexes?.filter(({ is_default }) => is_default).map(({ index_id }) => index_id)),
      indexNames: new Map(indexes?.map(({ index_id, name }) => [index_id, name])),
      carried: picture === undefined ? present({ q: q === '' ? undefined : q, filter: conditions.length > 0 ? [...conditions] : undefined }) : {},
    }),
    [q, conditions, fields, opens, show, picture, indexes],
  );
}
