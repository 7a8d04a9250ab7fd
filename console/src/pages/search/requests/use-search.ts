import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import { fetchFile } from '@/api/client';
import { type Hit, mergedHits } from '@/pages/search/hits/hit-groups';
import { pictureData } from '@/pages/search/picture/picture-data';
import { namedPicture } from '@/pages/search/picture/picture-search';
import type { SearchAddress } from '@/pages/search/search-address';

import { searchPlan, type SearchPlan } from './search-plan';
import { type Query, rankedLimits, searchTarget } from './search-requests';

/** A page of a search: a longer list of ranked hits, or the next hits of each request. */
interface HitPage {
  hits: Hit[];
  replaces: boolean;
  next: PagePosition | null;
}

interface PagePosition {
  step: number;
  /** Where each request continues; undefined for a request that has ended. */
  cursors: (string | null | undefined)[];
}

/** The picture of a search as the API takes it. `file` is the picture to show. */
export function useSearchPicture(picture: string | undefined) {
  const named = namedPicture(picture);
  const found = useQuery({
    queryKey: ['search', 'picture', picture ?? null],
    enabled: named !== null && named.kind !== 'missing',
    staleTime: Infinity,
    retry: false,
    queryFn: async ({ signal }) => {
      if (named === null || named.kind === 'missing') throw new Error('There is no picture.');
      const file =
        named.kind === 'file' ? named.file : await fetchFile(`/api/v2/videos/segments/${encodeURIComponent(named.segmentId)}/thumbnail`, signal);
      return { file, data: await pictureData(file) };
    },
  });
  return { isMissing: named?.kind === 'missing', isNamed: named !== null && named.kind !== 'missing', ...found };
}

interface SearchInput {
  address: SearchAddress;
  /** The ids of all indexes; undefined until they are known. */
  indexIds: readonly string[] | undefined;
  picture: ReturnType<typeof useSearchPicture>;
  /** Whether all conditions are on results of whole media. */
  ofMedia: boolean;
}

/** Search as the address says. Hits of the last search stay until new ones are there. */
export function useSearch({ address, indexIds, picture, ofMedia }: SearchInput) {
  const { q = '', index, run, marker } = address;
  const conditions = useMemo(() => address.filter ?? [], [address.filter]);
  const plan = useMemo(
    () => searchPlan({ words: q, hasPicture: picture.isNamed, conditions, marked: marker !== undefined, index, indexIds: indexIds ?? [] }),
    [q, picture.isNamed, conditions, marker, index, indexIds],
  );
  const isReady = plan !== null && (index !== undefined || indexIds !== undefined) && (!picture.isNamed || picture.data !== undefined);
  const applied = plan?.withoutConditions === true ? [] : conditions;
  const query: Query = {
    kind: plan?.kind ?? 'ranked',
    words: q,
    picture: picture.isNamed ? (picture.data?.data ?? null) : null,
    conditions: applied,
    marker: marker ?? null,
    runIds: run === undefined ? [] : [run],
    ofMedia,
  };
  const found = useInfiniteQuery({
    queryKey: ['search', 'hits', plan?.targets ?? null, q, address.picture ?? null, applied, marker ?? null, run ?? null, ofMedia],
    enabled: isReady,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    initialPageParam: firstPage(plan),
    queryFn: ({ pageParam, signal }) => hitPage(query, plan, pageParam, signal),
    getNextPageParam: (last) => last.next,
  });
  return { plan, applied, ...found, hits: useMemo(() => hitsOf(found.data?.pages ?? []), [found.data]) };
}

function firstPage(plan: SearchPlan | null): PagePosition {
  return { step: 0, cursors: plan?.targets.map(() => null) ?? [] };
}

async function hitPage(query: Query, plan: SearchPlan | null, at: PagePosition, signal: AbortSignal): Promise<HitPage> {
  const targets = plan?.targets ?? [];
  const limit = rankedLimits[at.step] ?? 100;
  const answers = await Promise.all(
    targets.map(async (target, place) => {
      const cursor = at.cursors[place];
      return cursor === undefined ? null : searchTarget(query, target, { limit, cursor }, signal);
    }),
  );
  const hits = mergedHits(answers.map((answer) => answer?.hits ?? []));
  if (query.kind === 'ranked') {
    const more = at.step + 1 < rankedLimits.length && answers.some((answer) => answer !== null && answer.hits.length >= limit);
    return { hits, replaces: true, next: more ? { ...at, step: at.step + 1 } : null };
  }
  const cursors = answers.map((answer) => answer?.cursor ?? undefined);
  const more = cursors.some((cursor) => cursor !== undefined);
  return { hits, replaces: false, next: more ? { step: at.step + 1, cursors } : null };
}

function hitsOf(pages: readonly HitPage[]): Hit[] {
  return pages.reduce<Hit[]>((all, page) => (page.replaces ? page.hits : [...all, ...page.hits]), []);
}
