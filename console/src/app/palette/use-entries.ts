import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo } from 'react';

import { indexesQuery } from '@/api/queries';
import { furtherPages, navigation } from '@/app/navigation';
import { bestOf } from '@/app/palette/match';
import { promptsOfPalette, recentMediaOfPalette } from '@/app/palette/queries';
import { includesScope, useMay, useSession } from '@/app/session/session';
import { useAllShortcuts } from '@/app/shortcuts/registry';
import { words } from '@/words/en';

/** One line of the palette. */
export interface PaletteEntry {
  id: string;
  label: string;
  /** A second word in grey, such as the index of a medium. */
  detail?: string;
  keys?: string | undefined;
  run: () => void;
}

interface PaletteGroup {
  title: string;
  entries: PaletteEntry[];
}

const groupWords = words.shell.paletteGroups;

/** Return what fits the typed text, in groups. Groups without entries are left out. */
export function usePaletteGroups(typed: string): PaletteGroup[] {
  const all = useAllGroups();
  const router = useRouter();
  const text = typed.trim();
  const groups = all.map(({ title, entries }) => ({ title, entries: bestOf(entries, text, ({ label, detail = '' }) => `${label} ${detail}`, 8) }));
  if (text !== '') {
    const run = () => void router.navigate({ to: '/search', search: { q: text } });
    groups.push({ title: groupWords.search, entries: [{ id: 'search', label: words.shell.paletteSearch(text), run }] });
  }
  return groups.filter(({ entries }) => entries.length > 0);
}

function useAllGroups(): PaletteGroup[] {
  const router = useRouter();
  const scopes = useSession()?.scopes;
  const mayRead = useMay('read');
  const shortcuts = useAllShortcuts();
  const { data: indexes } = useQuery(indexesQuery);
  const { data: prompts } = useQuery({ ...promptsOfPalette, enabled: mayRead });
  const { data: media } = useQuery({ ...recentMediaOfPalette(indexes ?? []), enabled: mayRead && indexes !== undefined });
  return useMemo(() => {
    const open = (href: string) => () => void router.navigate({ href });
    const pages = [...navigation, ...furtherPages]
      .filter(({ scope }) => includesScope(scopes ?? [], scope))
      .map(({ to, label }) => ({ id: `page ${to}`, label, run: open(to) }));
    const actions = shortcuts
      .filter(({ inPalette }) => inPalette === true)
      .map(({ label, keys, run }) => ({ id: `action ${label}`, label, keys, run }));
    return [
      { title: groupWords.pages, entries: pages },
      {
        title: groupWords.indexes,
        entries: mayRead ? (indexes ?? []).map(({ index_id: id, name }) => ({ id, label: name, run: open(`/indexes/${encodeURIComponent(id)}`) })) : [],
      },
      {
        title: groupWords.media,
        entries: (media ?? []).map(({ id, title, place }) => ({ id, label: title, detail: place, run: open(`/media/${encodeURIComponent(id)}`) })),
      },
      {
        title: groupWords.prompts,
        entries: (prompts ?? []).map(({ id, name }) => ({ id, label: name, run: open(`/prompts/${encodeURIComponent(id)}`) })),
      },
      { title: groupWords.actions, entries: actions },
    ];
  }, [router, scopes, mayRead, shortcuts, indexes, prompts, media]);
}
