import { Outlet, useRouter, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';

import { useActivityOpen } from '@/app/activity/panel-state';
import { useLiveEvents } from '@/app/activity/use-live-events';
import { scopeOfPage } from '@/app/navigation';
import { useMay } from '@/app/session/session';
import { Announcer } from '@/app/shell/announcer';
import { BottomBar } from '@/app/shell/bottom-bar';
import { ExpiryNotice } from '@/app/shell/expiry-notice';
import { useFrameShortcuts } from '@/app/shell/frame-shortcuts';
import { NotAllowed } from '@/app/shell/not-allowed';
import { Rail } from '@/app/shell/rail';
import { TopBar } from '@/app/shell/top-bar';
import { useSessionGuard } from '@/app/shell/session-guard';
import { preloadPages } from '@/app/shell/preload';
import { words } from '@/words/en';

const Palette = lazy(() => import('@/app/palette/palette').then(({ Palette: component }) => ({ default: component })));
const ShortcutsHelp = lazy(() =>
  import('@/app/shortcuts/shortcuts-help').then(({ ShortcutsHelp: component }) => ({ default: component })),
);
const ActivityPanel = lazy(() =>
  import('@/app/activity/activity-panel').then(({ ActivityPanel: component }) => ({ default: component })),
);
const UploadsHost = lazy(() =>
  import('@/app/uploads/uploads-host').then(({ UploadsHost: component }) => ({ default: component })),
);

/** The frame around every page: the rail with the pages, the top bar, the activity drawer, and the page itself. */
export function Shell() {
  const signedIn = useSessionGuard();
  return signedIn ? <Frame /> : null;
}

function Frame() {
  const router = useRouter();
  useEffect(() => preloadPages(router), [router]);
  useLiveEvents();
  const { palette, help } = useFrameShortcuts();
  const activityOpen = useActivityOpen();
  return (
    <div className="flex h-full flex-col md:flex-row">
      <a
        href="#page"
        className="fixed top-2 left-2 z-50 rounded-md bg-accent px-3 py-2 text-accent-ink not-focus:sr-only"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('page')?.focus();
        }}
      >
        {words.shell.skipToPage}
      </a>
      <Rail />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <TopBar onPalette={palette.show} onHelp={help.show} />
        <ExpiryNotice />
        <div className="flex min-h-0 flex-1">
          <main id="page" tabIndex={-1} className="min-w-0 flex-1 overflow-auto outline-none">
            <Page />
          </main>
          {activityOpen && (
            <Suspense>
              <ActivityPanel />
            </Suspense>
          )}
        </div>
      </div>
      <BottomBar />
      <Announcer />
      <Suspense>
        <UploadsHost />
      </Suspense>
      <Suspense>
        {palette.open && <Palette onClose={palette.hide} />}
        {help.open && <ShortcutsHelp onClose={help.hide} />}
      </Suspense>
    </div>
  );
}

/** The page of the address, if the key may open it. */
function Page() {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const scope = scopeOfPage(path);
  return useMay(scope) ? <Outlet /> : <NotAllowed scope={scope} />;
}
