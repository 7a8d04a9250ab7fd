import { useRouter } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';

import { toggleActivity } from '@/app/activity/panel-state';
import { includesScope, useSession } from '@/app/session/session';
import { signOut } from '@/app/session/sign-out';
import { searchBoxId } from '@/app/shell/search-box';
import { listenForShortcuts, type Shortcut, useShortcuts } from '@/app/shortcuts/registry';
import { chooseTheme, themes } from '@/app/theme/theme';
import { canUploadHere, requestUpload } from '@/app/upload-request';
import { words } from '@/words/en';

interface Window {
  open: boolean;
  show: () => void;
  hide: () => void;
}

/** Offer the shortcuts that every page has. Return the state of the palette and of the help. */
export function useFrameShortcuts(): { palette: Window; help: Window } {
  const palette = useWindow();
  const help = useWindow();
  const router = useRouter();
  const session = useSession();
  const scopes = session?.scopes;
  const { show: showPalette } = palette;
  const { show: showHelp } = help;
  const shortcuts = useMemo<Shortcut[]>(() => {
    const may = (scope: Parameters<typeof includesScope>[1]) => includesScope(scopes ?? [], scope);
    const search = () => {
      const box = document.getElementById(searchBoxId);
      if (box === null) void router.navigate({ to: '/search' });
      else box.focus();
    };
    const upload = () => {
      if (!canUploadHere()) void router.navigate({ to: '/' });
      requestUpload();
    };
    return [
      { keys: 'mod+k', label: words.shell.palette, run: showPalette, inFields: true },
      { keys: '/', label: words.shell.search, run: search },
      { keys: '?', label: words.shell.shortcuts, run: showHelp, inPalette: true },
      ...(may('write') ? [{ label: words.shell.upload, run: upload, inPalette: true }] : []),
      ...(may('read') ? [{ label: words.activity.toggle, run: toggleActivity, inPalette: true }] : []),
      ...themes.map((theme) => ({ label: `${words.shell.theme}: ${words.shell.themes[theme]}`, run: () => chooseTheme(theme), inPalette: true })),
      { label: words.shell.openDocumentation, run: () => window.location.assign('/docs/'), inPalette: true },
      { label: words.shell.signOut, run: signOut, inPalette: true },
    ];
  }, [router, scopes, showPalette, showHelp]);
  useShortcuts(shortcuts);
  useEffect(() => listenForShortcuts(), []);
  return { palette, help };
}

function useWindow(): Window {
  const [open, setOpen] = useState(false);
  const [show, hide] = useMemo(() => [() => setOpen(true), () => setOpen(false)], []);
  return { open, show, hide };
}
