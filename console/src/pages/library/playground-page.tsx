import { getRouteApi } from '@tanstack/react-router';

import { BackLink } from '@/components/ui/layout/back-link';
import { EmptySheet } from '@/pages/library/empty-sheet';
import { MediaPage } from '@/pages/library/media-page';
import { SheetActions } from '@/pages/library/sheet-actions';
import { words } from '@/words/en';

const route = getRouteApi('/shell/playground');

/** The media that belong to no index. */
export function PlaygroundPage() {
  const search = route.useSearch();
  return (
    <MediaPage
      indexId={null}
      title={words.library.playground}
      search={search}
      isReadOnly={false}
      above={<BackLink path="/" label={words.library.title} />}
      actions={<SheetActions indexId={null} name={words.library.playground} isReadOnly={false} />}
      empty={<EmptySheet indexId={null} isReadOnly={false} />}
    />
  );
}
